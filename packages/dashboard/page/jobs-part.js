/* The jobs of a queue in the view of servers: how many stand where, the newest of them, and what can be done to each. */

/** @import { JobShown, ServerShown } from '../src/web/shown.ts' */

import { get, post } from './api.js'
import { el } from './dom.js'
import { bytes } from './format.js'

/**
 * What the view does with what a button brings.
 * @typedef {object} JobsListener
 * @property {(title: string, ...parts: (Node | undefined)[]) => void} show
 * @property {(text: string) => void} say
 */

/**
 * @param {string} server
 * @param {NonNullable<ServerShown['jobs']>} jobs
 * @param {JobsListener} listener
 */
export function jobsPart(server, { counts, rows, actions }, listener) {
  const told = Object.entries(counts).map(([state, count]) => `${state} ${count}`)
  const heads = ['Job', 'State', 'Attempt', 'Last error', 'Actions']
  const body = rows.map((row) =>
    el(
      'tr',
      { 'data-state': row.state },
      el('td', {}, openButton(server, row.id, listener)),
      el('td', { text: row.state }),
      el('td', { text: String(row.attempt) }),
      el('td', { text: row.error ?? '' }),
      el('td', {}, ...actions.map((action) => actionButton(server, row.id, action, listener))),
    ),
  )
  const table = el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Jobs' },
    el(
      'table',
      { class: 'wide' },
      el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col', text })))),
      el('tbody', {}, ...body),
    ),
  )
  return el(
    'section',
    {},
    el('h2', { text: 'Jobs' }),
    el('p', { text: told.join(', ') }),
    rows.length === 0 ? el('p', { text: 'No jobs yet' }) : table,
  )
}

/**
 * @param {string} server
 * @param {string} id
 */
function addressOf(server, id) {
  return `/api/servers/${encodeURIComponent(server)}/jobs/${encodeURIComponent(id)}`
}

/**
 * @param {string} server
 * @param {string} id
 * @param {JobsListener} listener
 */
function openButton(server, id, { show }) {
  return el('button', {
    type: 'button',
    class: 'link',
    text: id,
    onclick: async () => {
      const told = el('p')
      const text = el('pre', { tabindex: 0 })
      const more = el('button', { type: 'button', text: 'More', onclick: () => readOn() })
      let read = 0
      const readOn = async () => {
        const part = /** @type {JobShown} */ (await get(`${addressOf(server, id)}?from=${read}`))
        read += part.text.length
        text.append(part.text)
        const isWhole = read >= part.size || part.text === ''
        told.textContent = isWhole ? '' : `The first ${bytes(read)} of ${bytes(part.size)}`
        more.hidden = isWhole
      }
      await readOn()
      show(id, told, text, more)
    },
  })
}

/**
 * @param {string} server
 * @param {string} id
 * @param {string} action
 * @param {JobsListener} listener
 */
function actionButton(server, id, action, { say }) {
  return el('button', {
    type: 'button',
    text: action,
    'aria-label': `${action}: ${id}`,
    onclick: async () => {
      const { said } = /** @type {{ said: string }} */ (
        await post(addressOf(server, id), { action })
      )
      say(said)
    },
  })
}
