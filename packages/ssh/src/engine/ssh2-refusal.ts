/* Why a server does not open a channel (RFC 4254, section 5.1), and what that is called here. */

import { SshChannelError } from '../errors.ts'

/** The error for a channel that was not opened. */
export function refusal(error: Error | undefined): Error {
  const reason: unknown = error === undefined ? undefined : Reflect.get(error, 'reason')
  if (typeof reason !== 'number') return error ?? new Error('No response from server')
  const said = error?.message.replace(/^\(SSH\) Channel open failure: /, '') ?? ''
  const code = OPEN_FAILURES[reason] ?? 'NET_REPLY_PERMANENT'
  return new SshChannelError(
    code,
    {
      message: `the server refused to open a channel: ${said === '' ? `reason ${reason}` : said}`,
      reply: { status: reason, text: said },
    },
    reason,
  )
}

const OPEN_FAILURES: Readonly<
  Record<number, 'NET_ACCESS_DENIED' | 'NET_UNSUPPORTED' | 'NET_REPLY_TEMPORARY'>
> = {
  1: 'NET_ACCESS_DENIED',
  3: 'NET_UNSUPPORTED',
  4: 'NET_REPLY_TEMPORARY',
}
