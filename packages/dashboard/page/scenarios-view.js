/* The fourth view: a button for each scenario with its code beside it, and a request of one's own. */

/** @import { RunShown, ScenarioShown } from '../src/web/shown.ts' */

import { get, post } from './api.js'
import { el } from './dom.js'

/** The view. */
export class ScenariosView {
  name = 'Scenarios'
  element = el('section', { 'aria-label': 'Scenarios', class: 'scenarios' })
  #example
  #isDrawn = false

  /** @param {string | undefined} example of a request of one's own; undefined if there is none */
  constructor(example) {
    this.#example = example
  }

  changed() {}

  async tick() {
    if (this.element.hidden || this.#isDrawn) return
    this.#isDrawn = true
    const scenarios = /** @type {readonly ScenarioShown[]} */ (await get('/api/scenarios'))
    const call = this.#example === undefined ? [] : [callPart(this.#example)]
    this.element.replaceChildren(...call, ...scenarios.map(scenarioPart))
  }
}

/** @param {ScenarioShown} scenario */
function scenarioPart({ name, title, code }) {
  const result = el('pre', { class: 'result', role: 'status', hidden: true })
  const button = el('button', {
    type: 'button',
    text: 'Run',
    'aria-label': `Run: ${title}`,
    onclick: async () => {
      button.disabled = true
      show(result, 'running', 'running …')
      const { ok, error, lines } = await answerOf(() =>
        post(`/api/scenarios/${encodeURIComponent(name)}`),
      )
      show(result, ok ? 'ok' : 'failed', [...(lines ?? []), ok ? 'passed' : error].join('\n'))
      button.disabled = false
    },
  })
  return el(
    'article',
    { 'data-scenario': name },
    el('div', { class: 'detail-head' }, el('h2', { text: title }), button),
    result,
    el(
      'details',
      { open: true },
      el('summary', { text: 'The code that runs' }),
      el('pre', { class: 'code', tabindex: 0, text: code }),
    ),
  )
}

/** @param {string} example */
function callPart(example) {
  const result = el('pre', { class: 'result', role: 'status', hidden: true })
  const field = el('input', { type: 'text', name: 'url', value: example, 'aria-label': 'Address' })
  const form = el(
    'form',
    {
      class: 'call',
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault()
        const { ok, text, error } = await answerOf(() => post('/api/call', { url: field.value }))
        show(result, ok ? 'ok' : 'failed', (ok ? text : error) ?? '')
      },
    },
    field,
    el('button', { text: 'GET' }),
  )
  return el('article', {}, el('h2', { text: 'A request of your own' }), form, result)
}

/**
 * @param {() => Promise<unknown>} run
 * @returns {Promise<RunShown>}
 */
async function answerOf(run) {
  try {
    return /** @type {RunShown} */ (await run())
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} outcome
 * @param {string} text
 */
function show(element, outcome, text) {
  element.hidden = false
  element.dataset['outcome'] = outcome
  element.textContent = text
}
