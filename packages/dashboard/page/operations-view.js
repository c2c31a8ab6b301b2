/* The first view: filter, plots, legend, the list with its bars, the panel of one operation. */

import { get, post, save } from './api.js'
import { DetailPanel } from './detail.js'
import { el } from './dom.js'
import { chosen, EVERYTHING } from './filter.js'
import { count } from './format.js'
import { legend } from './legend.js'
import { List } from './list.js'
import { Plots } from './plots.js'

/** @import { Model } from './model.js' */
/** @import { Filter } from './filter.js' */
/** @import { ProcessShown } from '../src/web/shown.ts' */

/** The view. */
export class OperationsView {
  name = 'Operations'
  element
  #model
  #now
  /** @type {Filter} */
  #filter = EVERYTHING
  #list
  #detail
  #plots = new Plots()
  #count = el('output', { class: 'count' })
  #protocols = el('span', { class: 'chips', role: 'group', 'aria-label': 'Protocols' })
  /** @type {HTMLSelectElement} */
  #hosts = el('select', {
    'aria-label': 'Host',
    onchange: () => this.#set({ host: this.#hosts.value }),
  })
  /** @type {HTMLSelectElement} */
  #processes = el('select', {
    'aria-label': 'Process',
    hidden: true,
    onchange: () => {
      const { value } = this.#processes
      this.#set({ process: value === '' ? undefined : Number(value) })
    },
  })
  /** @type {HTMLInputElement} */
  #search
  #paused = false
  #drawn = -1
  /** The first ordinal of the recording that runs. @type {number | undefined} */
  #recording
  /** From where to where the last recording went. */
  #range = ''

  /**
   * @param {Model} model
   * @param {{ epoch: number, now: () => number }} times
   */
  constructor(model, { epoch, now }) {
    this.#model = model
    this.#now = now
    this.#search = el('input', {
      type: 'search',
      placeholder: 'Filter: text, code, status',
      'aria-label': 'Filter by text (press / )',
      oninput: () => this.#set({ text: this.#search.value }),
    })
    this.#list = new List({ model, epoch, now, open: (id) => void this.#detail.show(id) })
    this.#detail = new DetailPanel(
      epoch,
      (id) => void this.#detail.show(id),
      () => this.#list.unchoose(),
    )
    this.element = el(
      'section',
      { class: 'operations', 'aria-label': 'Operations' },
      this.#tools(),
      this.#plots.element,
      legend(),
      el('div', { class: 'split' }, this.#list.element, this.#detail.element),
    )
    document.addEventListener('keydown', (event) => this.#key(event))
  }

  /** Called when the model has changed, at most once per frame. */
  changed() {
    if (this.#paused || this.#drawn === this.#model.version) return
    this.#drawn = this.#model.version
    this.#drawFilter()
    const ordinals = chosen(this.#model, this.#filter)
    const all = count(this.#model.rows.length)
    const shown = count(ordinals.length)
    this.#count.textContent = shown === all ? `${all} operations` : `${shown} of ${all}`
    this.#list.show(ordinals)
  }

  /** Called once a second. */
  tick() {
    if (this.element.hidden) return
    void this.#drawProcesses()
    this.#plots.draw(this.#model, this.#now())
    if (!this.#paused) this.#list.draw()
  }

  #tools() {
    const outcomes = ['running', 'ok', 'failed', 'aborted'].map((name) =>
      this.#chip('outcomes', name),
    )
    /** @type {HTMLInputElement} */
    const inner = el('input', {
      type: 'checkbox',
      checked: true,
      onchange: () => this.#set({ inner: inner.checked }),
    })
    /** @type {HTMLSelectElement} */
    const kind = el(
      'select',
      { 'aria-label': 'Scale', onchange: () => this.#setKind(kind.value) },
      el('option', { value: 'time', text: 'One time line' }),
      el('option', { value: 'length', text: 'From each beginning' }),
    )
    return el(
      'div',
      { class: 'tools' },
      this.#search,
      this.#protocols,
      el('span', { class: 'chips', role: 'group', 'aria-label': 'Outcomes' }, ...outcomes),
      this.#hosts,
      this.#processes,
      el('label', {}, inner, 'inner operations'),
      kind,
      this.#count,
      el('span', { class: 'actions' }, ...this.#actions()),
    )
  }

  #actions() {
    const pause = this.#toggle('Pause', 'Go on', (on) => {
      this.#paused = on
      this.#drawn = -1
      this.changed()
    })
    const record = this.#toggle('Record', 'Stop recording', (on) => {
      const end = this.#model.end
      if (on) this.#recording = end
      else this.#range = `?from=${this.#recording ?? 0}&to=${end}`
    })
    const button = (/** @type {string} */ text, /** @type {() => unknown} */ run) =>
      el('button', { type: 'button', text, onclick: () => void run() })
    return [
      pause,
      record,
      button('HAR', () => save(`/api/export/har${this.#range}`, 'operations.har')),
      button('Traces', () => save(`/api/export/traces${this.#range}`, 'traces.json')),
      button('Clear', () => post('/api/clear')),
    ]
  }

  /**
   * @param {string} off
   * @param {string} on
   * @param {(on: boolean) => void} run
   */
  #toggle(off, on, run) {
    const button = el('button', {
      type: 'button',
      text: off,
      'aria-pressed': 'false',
      onclick: () => {
        const isOn = button.getAttribute('aria-pressed') !== 'true'
        button.setAttribute('aria-pressed', String(isOn))
        button.textContent = isOn ? on : off
        run(isOn)
      },
    })
    return button
  }

  /**
   * @param {'protocols' | 'outcomes'} kind
   * @param {string} name
   */
  #chip(kind, name) {
    const chip = el('button', {
      type: 'button',
      class: 'chip',
      'data-name': name,
      'aria-pressed': 'false',
      text: name,
      onclick: () => {
        const names = new Set(this.#filter[kind])
        if (!names.delete(name)) names.add(name)
        chip.setAttribute('aria-pressed', String(names.has(name)))
        this.#set({ [kind]: names })
      },
    })
    return chip
  }

  #drawFilter() {
    for (const name of this.#model.protocols.keys()) {
      const known = [...this.#protocols.children].some(
        (each) => /** @type {HTMLElement} */ (each).dataset['name'] === name,
      )
      if (!known) this.#protocols.append(this.#chip('protocols', name))
    }
    const hosts = [...this.#model.hosts.keys()].slice(0, HOSTS)
    if (this.#hosts.childElementCount === hosts.length + 1) return
    const options = hosts.map((host) => el('option', { value: host, text: host }))
    this.#hosts.replaceChildren(el('option', { value: '', text: 'Every host' }), ...options)
    this.#hosts.value = this.#filter.host
  }

  async #drawProcesses() {
    const processes = /** @type {readonly ProcessShown[]} */ (await get('/api/processes'))
    this.#processes.hidden = processes.length === 1
    if (this.#processes.childElementCount === processes.length + 1) return
    const { value } = this.#processes
    const options = processes.map(({ number, title, pid }) =>
      el('option', { value: number, text: `[${number}] ${title} (${pid})` }),
    )
    this.#processes.replaceChildren(el('option', { value: '', text: 'Every process' }), ...options)
    this.#processes.value = value
  }

  /** @param {Partial<Filter>} part */
  #set(part) {
    this.#filter = { ...this.#filter, ...part }
    this.#drawn = -1
    const paused = this.#paused
    this.#paused = false
    this.changed()
    this.#paused = paused
  }

  /** @param {string} kind */
  #setKind(kind) {
    this.#list.kind = kind === 'length' ? 'length' : 'time'
    this.#list.draw()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const typing =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    if (event.key === '/' && !typing && !this.element.hidden) {
      event.preventDefault()
      this.#search.focus()
    } else if (event.key === 'Escape' && !this.#detail.element.hidden) this.#detail.hide()
  }
}

const HOSTS = 200
