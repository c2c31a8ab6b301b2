/* From what the caller wants to send to what is delivered: everything is checked here, and nothing opened. */

import type { Source } from '@net/core'
import { checkSource, isReplayable, netError, type Taken } from '@net/core/authoring'

import type { AnySendOptions } from './client-options.ts'
import type { Content, Opening } from './content.ts'
import type { DkimKey } from './dkim/key.ts'
import { checkEnvelope, type CheckedEnvelope } from './envelope.ts'
import type { ExtensionOptions } from './extensions.ts'
import { checkMessage, type CheckedMessage, type Message } from './message.ts'
import { writeMessage } from './mime-writer.ts'
import { checkResent, withBlock, type CheckedResent } from './resent.ts'
import { rawContent } from './scanned-source.ts'
import type { SendLimits } from './send-limits.ts'
import { signedContent } from './signed-content.ts'

/** What is sent, and within which limits. */
export interface PreparedMail {
  readonly envelope: CheckedEnvelope
  readonly limits: SendLimits
  readonly messageId?: string
  /** What is asked of the server for it. */
  readonly extensions: Taken<ExtensionOptions>
  /** Whether it can be opened more than once. */
  readonly replayable: boolean
  /** Makes the content ready to be sent once. */
  open(opening: Opening): Content | Promise<Content>
}

/** How a client sends what it is given. */
export interface Sending {
  readonly limits: SendLimits
  readonly dkim?: readonly DkimKey[] | undefined
}

/** Checks what is to be sent. Throws ArgumentErrors. */
export function prepareMail(
  message: Message | Source,
  options: Taken<AnySendOptions>,
  { limits, dkim = [] }: Sending,
): PreparedMail {
  const { sign } = options
  const given = options.envelope === undefined ? undefined : checkEnvelope(options.envelope)
  const mail = isMessage(message)
    ? composedMail(checkMessage(message), given, options)
    : rawMail(message, given, options)
  const { envelope, messageId, open, replayable } = mail
  const isSigned = dkim.length > 0 || sign !== undefined
  return {
    envelope,
    replayable,
    limits,
    extensions: options,
    open: isSigned
      ? (opening) => signedContent(opening, async () => open(opening), { dkim, sign }, replayable)
      : open,
    ...(messageId === undefined ? {} : { messageId }),
  }
}

/** Takes a finished message over, before anything else is looked at: what its stream fails with later is the call's. Throws `NET_BAD_OPTION`. */
export function takeSource(message: Message | Source): void {
  if (!isMessage(message)) checkSource(message)
}

/** The recipients in a few words. */
export function recipientsShown(to: readonly string[]): string {
  const [first = 'nobody', ...others] = to
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

type Mail = Pick<PreparedMail, 'envelope' | 'messageId' | 'replayable' | 'open'>

function composedMail(
  message: CheckedMessage,
  envelope: CheckedEnvelope | undefined,
  { encoding, resent }: Taken<AnySendOptions>,
): Mail {
  if (resent !== undefined) throw finishedOnly('resent')
  return {
    envelope: envelope ?? message.envelope,
    messageId: message.messageId,
    replayable: message.attachments.every(({ source }) => isReplayable(source)),
    open: (opening) => writeMessage(message, opening, encoding),
  }
}

function rawMail(
  raw: Source,
  given: CheckedEnvelope | undefined,
  { encoding, resent: wanted }: Taken<AnySendOptions>,
): Mail {
  checkSource(raw)
  if (encoding !== undefined) throw finishedOnly('encoding', 'a message that we write')
  const resent = wanted === undefined ? undefined : checkResent(wanted)
  const envelope = given ?? resent?.envelope
  if (envelope === undefined) {
    throw netError('NET_BAD_OPTION', {
      message:
        'a finished message needs an envelope, as in send(source, { envelope: { from, to } })',
    })
  }
  return {
    envelope,
    replayable: isReplayable(raw),
    open: (opening) => rawOpened(raw, opening, resent),
    ...(resent === undefined ? {} : { messageId: resent.messageId }),
  }
}

async function rawOpened(
  raw: Source,
  opening: Opening,
  resent: CheckedResent | undefined,
): Promise<Content> {
  const content = await rawContent(raw, opening)
  return resent === undefined ? content : withBlock(content, resent.block, opening)
}

function finishedOnly(option: string, what = 'a finished message'): Error {
  return netError('NET_BAD_OPTION', { message: `${option} is an option for ${what}` })
}

function isMessage(value: Message | Source): value is Message {
  if (typeof value !== 'object' || value === null) return false
  // No source has a sender.
  return Object.hasOwn(value, 'from') && !(Symbol.asyncIterator in value)
}
