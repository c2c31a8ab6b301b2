/* `demo send`: sends a mail through a relay; the text comes from standard input unless `--text` has it. */

import { addAbortSignal, type Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'

import { parseEndpoint } from '@net/core'
import * as smtp from '@net/smtp'

import { readArguments, runCommand, UsageError, type CommandStreams } from './command.ts'
import { askedPassword } from './password.ts'

const USAGE =
  'usage: demo send smtp://[user@]host[:port] --from <address> --to <address>… --subject <text> [--text <text>] [--attach <file>]…'

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string', multiple: true },
  subject: { type: 'string', default: '' },
  text: { type: 'string' },
  attach: { type: 'string', multiple: true, default: [] as string[] },
} as const

/** Runs the command; returns the exit code: 0, 1 if a recipient was refused or the call failed, 2 if the arguments are wrong. */
export async function sendCommand(
  args: readonly string[],
  streams: CommandStreams,
  input: Readable = process.stdin,
): Promise<number> {
  const { messages } = streams
  const parsed = readArguments(args, OPTIONS, { messages, usage: USAGE })
  if (parsed === undefined) return 2
  const [url, ...more] = parsed.positionals
  const { from, to, subject, attach, text } = parsed.values
  if (url === undefined || from === undefined || to === undefined || more.length > 0) {
    messages.write(`${USAGE}\n`)
    return 2
  }
  return runCommand(streams, async (signal) => {
    const { user, password } = parseEndpoint(url, {
      schemes: ['smtp', 'smtps'],
      defaultPort: { smtp: 587, smtps: 465 },
    })
    await using relay = await smtp.connect(url, {
      signal,
      ...(user === undefined || password !== undefined ? {} : { password: askedPassword }),
    })
    const attachments = attach.map((file) => smtp.attach(smtp.fromFile(file)))
    const body = text ?? (await readInput(input, signal))
    const result = await relay.send({ from, to, subject, text: body, attachments }, { signal })
    for (const { address, error } of result.rejected)
      messages.write(`${address}: ${error.message}\n`)
    messages.write(`accepted for ${result.accepted.join(', ')}\n`)
    return result.rejected.length === 0 ? 0 : 1
  })
}

/** The whole of the input, which may never end. Rejects with a UsageError when it is interrupted. */
async function readInput(input: Readable, signal: AbortSignal): Promise<string> {
  try {
    return await readAll(addAbortSignal(signal, input))
  } catch (error) {
    if (signal.aborted) throw new UsageError('interrupted', 130)
    throw error
  }
}
