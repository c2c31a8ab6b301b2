// Forms of a message's text besides the plain one and HTML: those for other readers, and invitations.
import type * as smtp from '@net/smtp'

import type { Random } from '../../soak/random.ts'
import { leaf, textLeaf, type PartDraft } from './parts.ts'
import { lines, words } from './words.ts'

/** An invitation. */
export interface Invitation {
  readonly calendar: smtp.Calendar
  readonly part: PartDraft
  /** The file that it may be as well. */
  readonly files: readonly PartDraft[]
}

/** One or two further forms. */
export function formsByLot(random: Random): readonly smtp.Alternative[] {
  const types = random.pick([['text/x-amp-html'], ['text/markdown', 'text/x-amp-html']])
  return types.map((type) => ({ type, content: `${lines(random, 1 + random.below(5))} .\n` }))
}

/** An invitation, its change or its answer. */
export function calendarByLot(random: Random): Invitation {
  const method = random.pick(['REQUEST', 'CANCEL', 'REPLY'])
  const content = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${random.below(1000)}@example.com`,
    'DTSTART:20261130T170000Z',
    `SUMMARY:${words(random, 1 + random.below(8))}`,
    `DESCRIPTION:${words(random, 20)}`,
    'ORGANIZER:mailto:ada@example.com',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join(random.pick(['\n', '\r\n']))
  const isFile = random.chance(0.5)
  const file = leaf('application/ics', Buffer.from(content), {
    disposition: 'attachment',
    name: 'invite.ics',
    method,
  })
  return {
    calendar: { content, ...(isFile ? { attach: true } : {}) },
    part: textLeaf('text/calendar', content, method),
    files: isFile ? [file] : [],
  }
}
