/* The second view: the pools of connections as they live. */

/** @import { PoolState } from '../src/history/pools.ts' */

import { get } from './api.js'
import { el } from './dom.js'

/** The view. */
export class PoolsView {
  name = 'Connections'
  #body = el('tbody')
  #empty = el('p', { class: 'empty', text: 'No pool of connections has been heard of yet' })
  #table
  element

  constructor() {
    const heads = [
      'Protocol',
      'Peer',
      'Client',
      'In use',
      'Open',
      'Waiting calls',
      'Made',
      'Lent',
      'Ended',
    ]
    this.#table = el(
      'table',
      { class: 'wide pools' },
      el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col', text })))),
      this.#body,
    )
    this.element = el(
      'section',
      { 'aria-label': 'Connections' },
      el(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Pools' },
        this.#table,
      ),
      this.#empty,
    )
  }

  changed() {}

  /** Called once a second. */
  async tick() {
    if (this.element.hidden) return
    const pools = /** @type {readonly PoolState[]} */ (await get('/api/pools'))
    this.#empty.hidden = pools.length > 0
    this.#table.hidden = pools.length === 0
    this.#body.replaceChildren(...pools.map(rowOf))
  }
}

/** @param {PoolState} pool */
function rowOf({ protocol, endpoint, client, busy, size, waiting, created, acquired, destroyed }) {
  const share = el('meter', {
    min: 0,
    max: Math.max(size, 1),
    value: busy,
    'aria-label': `${busy} of ${size} in use`,
  })
  const cells = [protocol, endpoint, client ?? '', '', size, waiting, created, acquired, destroyed]
  return el(
    'tr',
    {},
    ...cells.map((text, at) =>
      at === 3 ? el('td', {}, share, ` ${busy}`) : el('td', { text: String(text) }),
    ),
  )
}
