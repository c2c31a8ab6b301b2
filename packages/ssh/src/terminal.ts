/* The terminal that a command may be given (RFC 4254, section 6.2). */

import { refuseControl } from '@net/core/authoring'

import type { TerminalPlan } from './engine/channel-requests.ts'
import type { TerminalOptions } from './ssh-process.ts'

/** A terminal as asked for, with what is not said. Throws `NET_INJECTION`. */
export function terminalOf(given: true | TerminalOptions): TerminalPlan {
  const {
    term = 'dumb',
    columns = COLUMNS,
    rows = ROWS,
    echo = false,
  } = given === true ? {} : given
  refuseControl('term', term)
  return { term, columns, rows, echo }
}

// Wide, so that what programs print is not broken into lines; a few devices bear no more.
const COLUMNS = 511
const ROWS = 24
