/*
 * The list with its bars. Only the rows in sight have elements, and these are used again, so that a hundred thousand
 * operations cost as little as forty. All bars in sight share one scale, which stands above them.
 */

/** @import { Row } from '../src/history/row.ts' */
/** @import { Model } from './model.js' */
/** @import { Scale } from './scale.js' */

import { el } from './dom.js'
import { duration, timeOfDay } from './format.js'
import {
  CODE,
  DURATION,
  hostOf,
  ID,
  OPERATION,
  OUTCOME,
  PARENT,
  processOf,
  PROTOCOL,
  START,
  STATUS,
  TARGET,
} from './model.js'
import { leftOf, partsOf, scaleOf, ticksOf } from './scale.js'

/**
 * What the list asks of the page.
 * @typedef {object} ListOptions
 * @property {Model} model
 * @property {number} epoch the date of time 0
 * @property {() => number} now the program's time
 * @property {(id: number) => void} open
 */

/** The list. */
export class List {
  /** 'time' | 'length' @type {'time' | 'length'} */
  kind = 'time'
  #options
  /** The newest first. @type {readonly number[]} */
  #ordinals = []
  /** The id of the chosen operation. @type {number | undefined} */
  #chosen
  /** @type {RowView[]} */
  #views = []
  #axis = el('span', { class: 'axis' })
  #space = el('div', { class: 'space', role: 'presentation' })
  #empty = el('p', { class: 'empty', text: 'No operations yet' })
  #box
  #frame = 0

  /** The list with its scale. */
  element

  /** @param {ListOptions} options */
  constructor(options) {
    this.#options = options
    this.#box = el('div', {
      class: 'rows',
      role: 'listbox',
      tabindex: 0,
      'aria-label': 'Operations, the newest first',
      onscroll: () => this.draw(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    })
    this.#box.append(this.#space)
    const names = ['Operation', 'Host', 'Result'].map((text) => el('span', { text }))
    const head = el('div', { class: 'head', 'aria-hidden': 'true' }, ...names, this.#axis)
    head.append(el('span', { class: 'time', text: 'Time' }))
    this.element = el('div', { class: 'list' }, head, this.#box, this.#empty)
    new ResizeObserver(() => this.draw()).observe(this.#box)
  }

  /**
   * Shows these operations; the place that is read stays in sight.
   * @param {readonly number[]} ordinals the newest first
   */
  show(ordinals) {
    const height = this.#rowHeight()
    const top = Math.floor(this.#box.scrollTop / height)
    const read = top === 0 ? undefined : this.#ordinals[top]
    this.#ordinals = ordinals
    this.#space.style.height = `${ordinals.length * height}px`
    this.#empty.hidden = ordinals.length > 0
    if (read !== undefined) {
      const moved = ordinals.indexOf(read)
      if (moved >= 0) this.#box.scrollTop += (moved - top) * height
    }
    this.draw()
  }

  /** Draws what is in sight at the next frame. */
  draw() {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#drawNow()
    })
  }

  /** Nothing is chosen any more. */
  unchoose() {
    this.#chosen = undefined
    this.draw()
    this.#box.focus()
  }

  #drawNow() {
    const height = this.#rowHeight()
    const first = Math.floor(this.#box.scrollTop / height)
    const most = Math.ceil(this.#box.clientHeight / height) + 1
    const { model, now, epoch } = this.#options
    const rows = this.#ordinals
      .slice(first, first + most)
      .map((ordinal) => model.at(ordinal))
      .filter((row) => row !== undefined)
    const time = now()
    const scale = scaleOf(rows, this.kind, time)
    while (this.#views.length < rows.length) this.#addView()
    for (const [at, view] of this.#views.entries()) {
      const row = rows[at]
      if (row === undefined) view.hide()
      else
        view.show(row, {
          top: (first + at) * height,
          scale,
          time,
          chosen: row[ID] === this.#chosen,
        })
    }
    const active = this.#views.find((view) => view.id === this.#chosen)
    if (active === undefined) this.#box.removeAttribute('aria-activedescendant')
    else this.#box.setAttribute('aria-activedescendant', active.element.id)
    this.#drawAxis(scale, epoch)
  }

  /**
   * @param {Scale} scale
   * @param {number} epoch
   */
  #drawAxis(scale, epoch) {
    const wide = this.#axis.clientWidth
    const ticks = ticksOf(scale, Math.max(2, Math.floor(wide / LABEL)))
    // The time line begins at a time of day; what follows are distances from it.
    const origin = scale.kind === 'time' ? timeOfDay(epoch + scale.from) : '0'
    this.#axis.replaceChildren(
      ...ticks.map(({ at, left }) => {
        const hasRoom = (1 - left) * wide > LABEL / 2
        const text = at === 0 ? origin : `+${duration(at)}`
        const tick = el('span', { class: hasRoom ? 'tick' : 'tick before', text })
        if (hasRoom) tick.style.left = `${left * 100}%`
        else tick.style.right = `${(1 - left) * 100}%`
        return tick
      }),
    )
    this.#box.style.setProperty('--step', `${(ticks[1]?.left ?? 1) * 100}%`)
  }

  #addView() {
    const view = new RowView(this.#views.length, (id) => this.#choose(id))
    this.#views.push(view)
    this.#space.append(view.element)
  }

  /** @param {number} id */
  #choose(id) {
    this.#chosen = id
    this.draw()
    this.#options.open(id)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { model } = this.#options
    const page = Math.max(1, Math.floor(this.#box.clientHeight / this.#rowHeight()) - 1)
    const at = this.#ordinals.findIndex((ordinal) => model.at(ordinal)?.[ID] === this.#chosen)
    const last = this.#ordinals.length - 1
    const goal = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    }[event.key]
    if (goal === undefined || last < 0) return
    event.preventDefault()
    const to = Math.min(Math.max(goal, 0), last)
    const id = model.at(this.#ordinals[to] ?? -1)?.[ID]
    if (id === undefined) return
    this.#reveal(to)
    this.#choose(id)
  }

  /** @param {number} at */
  #reveal(at) {
    const height = this.#rowHeight()
    const { scrollTop, clientHeight } = this.#box
    if (at * height < scrollTop) this.#box.scrollTop = at * height
    else if ((at + 1) * height > scrollTop + clientHeight) {
      this.#box.scrollTop = (at + 1) * height - clientHeight
    }
  }

  #rowHeight() {
    return matchMedia('(max-width: 700px)').matches ? 46 : 26
  }
}

/** What a label of the scale needs, in pixels. */
const LABEL = 120

/** A row's elements, which show one operation after another. */
class RowView {
  /** The operation that is shown. @type {number | undefined} */
  id
  element
  #what = el('span', { class: 'what' })
  #host = el('span', { class: 'host' })
  #result = el('span', { class: 'result' })
  #bars = el('span', { class: 'bars' })
  #time = el('span', { class: 'time' })

  /**
   * @param {number} number
   * @param {(id: number) => void} choose
   */
  constructor(number, choose) {
    this.element = el(
      'div',
      {
        class: 'row',
        role: 'option',
        id: `row-${number}`,
        'aria-selected': 'false',
        onclick: () => this.id !== undefined && choose(this.id),
      },
      this.#what,
      this.#host,
      this.#result,
      this.#bars,
      this.#time,
    )
  }

  hide() {
    this.id = undefined
    this.element.hidden = true
  }

  /**
   * @param {Row} row
   * @param {{ top: number, scale: Scale, time: number, chosen: boolean }} place
   */
  show(row, { top, scale, time, chosen }) {
    this.id = row[ID]
    const { element } = this
    element.hidden = false
    element.style.transform = `translateY(${top}px)`
    element.dataset['outcome'] = row[OUTCOME]
    element.dataset['inner'] = String(row[PARENT] !== null)
    element.setAttribute('aria-selected', String(chosen))
    const process = processOf(row[ID])
    const where = process === 0 ? '' : `[${process}] `
    setText(this.#what, `${where}${row[PROTOCOL]} ${row[OPERATION]} ${row[TARGET]}`)
    setText(this.#host, hostOf(row))
    setText(this.#result, row[CODE] ?? String(row[STATUS] ?? row[OUTCOME]))
    setText(
      this.#time,
      row[DURATION] === null ? duration(Math.max(0, time - row[START])) : duration(row[DURATION]),
    )
    this.#drawBars(row, scale, time)
  }

  /**
   * @param {Row} row
   * @param {Scale} scale
   * @param {number} time
   */
  #drawBars(row, scale, time) {
    const parts = partsOf(row, scale, time)
    while (this.#bars.childElementCount < parts.length) this.#bars.append(el('i'))
    for (const [at, bar] of [...this.#bars.children].entries()) {
      const part = parts[at]
      const shown = /** @type {HTMLElement} */ (bar)
      shown.hidden = part === undefined
      if (part === undefined) continue
      shown.className = `bar phase-${part.phase}`
      shown.dataset['outcome'] = part.outcome
      shown.style.left = leftOf(part.left)
      shown.style.width = `${part.width * 100}%`
    }
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}
