/* From what the caller wants to send to what is delivered: everything is checked here, and nothing opened. */

import type { Source } from '@net/core'
import { checkSource, netError } from '@net/core/authoring'

import type { PreparedMail } from './delivery.ts'
import { loadComposer } from './engine/nodemailer.ts'
import { checkEnvelope, type Envelope } from './envelope.ts'
import { checkMessage, type Message } from './message.ts'
import { writeMessage } from './mime-writer.ts'
import type { SendLimits } from './send-limits.ts'
import { rawContent } from './scanned-source.ts'

/** Checks what is to be sent. Throws ArgumentErrors. */
export function prepareMail(
  message: Message | Source,
  given: Envelope | undefined,
  limits: SendLimits,
): PreparedMail {
  const envelope = given === undefined ? undefined : checkEnvelope(given)
  if (isMessage(message)) {
    const checked = checkMessage(message)
    return {
      envelope: envelope ?? checked.envelope,
      limits,
      messageId: checked.messageId,
      async open(opening) {
        const content = writeMessage(checked)
        if (content === undefined) return (await loadComposer())(checked, opening)
        const { length: size } = content
        return { content, size, eightBit: false, utf8Headers: false, close: async () => {} }
      },
    }
  }
  checkSource(message)
  if (envelope === undefined) {
    throw netError('NET_BAD_OPTION', {
      message:
        'a finished message needs an envelope, as in send(source, { envelope: { from, to } })',
    })
  }
  return { envelope, limits, open: (opening) => rawContent(message, opening) }
}

/** The recipients in a few words. */
export function recipientsShown(to: readonly string[]): string {
  const [first = 'nobody', ...others] = to
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

function isMessage(value: Message | Source): value is Message {
  if (typeof value !== 'object' || value === null) return false
  // No source has a sender.
  return Object.hasOwn(value, 'from') && !(Symbol.asyncIterator in value)
}
