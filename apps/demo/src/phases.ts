/* The phases of calls as pictures show them: a letter and a colour for each, in the order in which a connection has them. */

/** How a phase is shown. */
export interface PhaseLook {
  readonly letter: string
  readonly name: string
  /** In a picture. */
  readonly colour: string
  /** Of the 256 of a terminal. */
  readonly terminal: number
}

/** By the phase's name in events; a phase that is not here is shown as a part of its call. */
export const PHASES: ReadonlyMap<string, PhaseLook> = new Map([
  ['resolve', { letter: 'n', name: 'name', colour: '#bab0ac', terminal: 250 }],
  ['connect', { letter: 'c', name: 'connect', colour: '#4c78a8', terminal: 74 }],
  ['proxy', { letter: 'p', name: 'proxy', colour: '#9d755d', terminal: 137 }],
  ['tls', { letter: 't', name: 'TLS', colour: '#72b7b2', terminal: 79 }],
  ['greeting', { letter: 'g', name: 'greeting', colour: '#b279a2', terminal: 139 }],
  ['kex', { letter: 'k', name: 'key exchange', colour: '#eeca3b', terminal: 221 }],
  ['auth', { letter: 'l', name: 'login', colour: '#e45756', terminal: 203 }],
  ['command', { letter: 'q', name: 'question', colour: '#f58518', terminal: 214 }],
  ['send', { letter: 's', name: 'send', colour: '#54a24b', terminal: 113 }],
  ['receive', { letter: 'r', name: 'receive', colour: '#d67195', terminal: 175 }],
])

/** What belongs to no phase. */
export const REST: PhaseLook = { letter: '·', name: 'the rest', colour: '#d0d7de', terminal: 240 }
