/* What the colours of the bars mean. Stands above the list, in the order in which a connection goes through the phases. */

import { el } from './dom.js'

export const PHASE_NAMES = [
  'resolve',
  'connect',
  'proxy',
  'tls',
  'greeting',
  'kex',
  'auth',
  'command',
  'send',
  'receive',
  'close',
]

/** The legend. */
export function legend() {
  const names = [
    ...PHASE_NAMES.map((name) => [name, name]),
    ['whole', 'no phase: waiting, or the program itself'],
  ]
  const items = names.map(([phase, text]) =>
    el('li', {}, el('i', { class: `swatch phase-${phase}` }), el('span', { text })),
  )
  return el('ul', { class: 'legend', 'aria-label': 'Colours of the phases' }, ...items)
}
