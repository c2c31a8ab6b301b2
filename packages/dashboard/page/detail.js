/* One operation whole: what happened, the error as a user would see it, every phase, and the lines that went over the wire. */

/** @import { Detail } from '../src/history/detail.ts' */
/** @import { Row } from '../src/history/row.ts' */

import { get } from './api.js'
import { el } from './dom.js'
import { bytes, duration, timeOfDay } from './format.js'
import { DURATION, ID, IDS, OPERATION, OUTCOME, processOf, PROTOCOL, TARGET } from './model.js'
import { leftOf } from './scale.js'

/** What a class of retry means, for people. */
const RETRY = {
  safe: 'safe: the peer did not do it, a repeat is harmless',
  idempotent: 'idempotent: the peer may have done it; repeat only what may be done twice',
  never: 'never: a repeat would fail the same way',
}

/** The panel beside the list. */
export class DetailPanel {
  #epoch
  #open
  #close
  /** What was asked for last. @type {number | undefined} */
  #wanted

  element = el('aside', { class: 'detail', 'aria-label': 'Operation', hidden: true })

  /**
   * @param {number} epoch
   * @param {(id: number) => void} open
   * @param {() => void} close
   */
  constructor(epoch, open, close) {
    this.#epoch = epoch
    this.#open = open
    this.#close = close
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.hide()
    })
  }

  hide() {
    this.element.hidden = true
    this.#wanted = undefined
    this.#close()
  }

  /** @param {number} id */
  async show(id) {
    this.#wanted = id
    try {
      const detail = /** @type {Detail} */ (await get(`/api/operations/${id}`))
      if (this.#wanted === id) this.#fill(detail)
    } catch (error) {
      if (this.#wanted === id) this.#frame('Operation', el('p', { text: String(error) }))
    }
  }

  /** @param {Detail} detail */
  #fill(detail) {
    const { protocol, operation, target } = detail
    this.#frame(
      `${protocol} ${operation}`,
      el('p', { class: 'target', text: target }),
      errorPart(detail),
      this.#facts(detail),
      phasesPart(detail),
      textsPart('Warnings', detail.warnings),
      textsPart(
        'Attempts that failed',
        detail.retries.map(
          (each) => `${each.attempt}. ${each.message}; the next after ${duration(each.delay)}`,
        ),
      ),
      wirePart(detail),
      this.#rowsPart('Runs within', detail.outer),
      this.#rowsPart('Ran within it', detail.inner),
    )
  }

  /**
   * @param {string} title
   * @param {...(Node | undefined)} parts
   */
  #frame(title, ...parts) {
    const close = el('button', { type: 'button', text: 'Close', onclick: () => this.hide() })
    this.element.replaceChildren(
      el('div', { class: 'detail-head' }, el('h2', { text: title }), close),
      ...parts.filter((part) => part !== undefined),
    )
    this.element.hidden = false
  }

  /** @param {Detail} detail */
  #facts(detail) {
    const { outcome, status, endpoint, start, transferred, total, id, left } = detail
    const facts = [
      ['Outcome', status === undefined ? outcome : `${outcome}, ${status}`],
      ['Peer', endpoint],
      ['Began', timeOfDay(this.#epoch + start)],
      ['Took', detail.duration === undefined ? 'still runs' : duration(detail.duration)],
      ['Moved', movedText(transferred, total)],
      ['Number', String(id % IDS)],
      ['Process', processOf(id) === 0 ? '' : `[${processOf(id)}], a child of the program`],
      ['Not kept', left > 0 ? `${left} lines or phases, as there were too many` : ''],
    ]
    const shown = facts.filter(([, text]) => text !== '')
    return el(
      'dl',
      {},
      ...shown.flatMap(([name, text]) => [el('dt', { text: name }), el('dd', { text })]),
    )
  }

  /**
   * @param {string} title
   * @param {readonly Row[]} rows
   */
  #rowsPart(title, rows) {
    if (rows.length === 0) return undefined
    const items = rows.map((row) => {
      const length = row[DURATION]
      const text = `${row[PROTOCOL]} ${row[OPERATION]} ${row[TARGET]}, ${row[OUTCOME]}${length === null ? '' : `, ${duration(length)}`}`
      return el(
        'li',
        {},
        el('button', { class: 'link', type: 'button', text, onclick: () => this.#open(row[ID]) }),
      )
    })
    return el('section', {}, el('h3', { text: title }), el('ul', {}, ...items))
  }
}

/** @param {Detail} detail */
function errorPart({ error }) {
  if (error === undefined) return undefined
  const { code, message, retry, whole } = error
  return el(
    'section',
    { class: 'error' },
    el('h3', { text: code }),
    el('p', { class: 'sentence', text: message }),
    el('p', {}, el('strong', { text: 'Retry ' }), RETRY[retry] ?? retry),
    el(
      'details',
      {},
      el('summary', { text: 'The whole error' }),
      el('pre', { tabindex: 0, text: whole }),
    ),
  )
}

/** @param {Detail} detail */
function phasesPart({ phases, start, duration: whole }) {
  if (phases.length === 0) return undefined
  const ends = phases.map((each) => each.start + (each.duration ?? 0) - start)
  const length = Math.max(whole ?? 0, ...ends, 0.001)
  const rows = phases.map((each) => {
    const bar = el('i', { class: `bar phase-${each.phase}`, 'data-outcome': each.outcome })
    bar.style.left = leftOf(Math.max(0, each.start - start) / length)
    bar.style.width = `${((each.duration ?? 0) / length) * 100}%`
    const time = each.duration === undefined ? each.outcome : duration(each.duration)
    return el(
      'tr',
      {},
      el('th', { scope: 'row', text: each.phase }),
      el('td', { class: 'bars' }, bar),
      el('td', { class: 'time', text: each.outcome === 'failed' ? `${time}, failed` : time }),
    )
  })
  const caption = el('caption', { text: `0 to ${duration(length)}` })
  return el(
    'section',
    {},
    el('h3', { text: 'Phases' }),
    el('table', { class: 'phases' }, caption, el('tbody', {}, ...rows)),
  )
}

/** @param {Detail} detail */
function wirePart({ lines, start, id }) {
  if (lines.length === 0) return undefined
  const rows = lines.map((line) => {
    const sent = line.direction === 'send'
    return el(
      'tr',
      { class: line.direction },
      el('td', { class: 'time', text: duration(Math.max(0, line.time - start)) }),
      el('td', { text: sent ? '→' : '←', 'aria-label': sent ? 'sent' : 'received' }),
      el('td', {
        class: 'wire',
        text: line.operation === id ? line.text : `${line.text}  (#${line.operation})`,
      }),
    )
  })
  return el(
    'section',
    {},
    el('h3', { text: 'On the wire' }),
    el('table', { class: 'lines' }, el('tbody', {}, ...rows)),
  )
}

/**
 * @param {string} title
 * @param {readonly string[]} texts
 */
function textsPart(title, texts) {
  if (texts.length === 0) return undefined
  return el(
    'section',
    {},
    el('h3', { text: title }),
    el('ul', {}, ...texts.map((text) => el('li', { text }))),
  )
}

/**
 * @param {number | undefined} transferred
 * @param {number | undefined} total
 */
function movedText(transferred, total) {
  if (transferred === undefined) return ''
  return total === undefined ? bytes(transferred) : `${bytes(transferred)} of ${bytes(total)}`
}
