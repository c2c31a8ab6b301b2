/* Why a server does not open a channel (RFC 4254, section 5.1), or does not run a command on it, and what that is called here. */

import { harmless, netError } from '@net/core/authoring'

import { SshChannelError } from '../errors.ts'
import type { RunPlan } from './channel-requests.ts'

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

/** The server closed the channel before anything was asked of it: nothing ran, and another channel may do. */
export class ChannelClosedError extends SshChannelError {
  constructor() {
    super('NET_REPLY_TEMPORARY', {
      message: 'the server closed the channel before the command was sent',
      retry: 'safe',
    })
  }
}

/** The server runs as many sessions as it does at once: one more may begin when one of them has ended. */
export class SessionsFullError extends SshChannelError {
  /** How many it runs. */
  readonly running: number

  constructor(running: number, { reason, reply }: SshChannelError) {
    const said = reply?.text || `reason ${reason}`
    const message = `the server runs no more commands at once on this connection (it runs ${running}): ${said}`
    super(
      'NET_REPLY_TEMPORARY',
      { message, retry: 'safe', ...(reply === undefined ? {} : { reply }) },
      reason,
    )
    this.running = running
  }
}

/** The error for what the server did not run. */
export function notRun(run: RunPlan): Error {
  if (run.kind !== 'subsystem') {
    const what = run.kind === 'shell' ? 'start a shell' : 'run the command'
    return new SshChannelError('NET_REPLY_PERMANENT', {
      message: `the server refused to ${what}`,
    })
  }
  return new SshChannelError('NET_UNSUPPORTED', {
    message: `the server has no subsystem "${harmless(run.name)}", or does not allow it`,
  })
}

/** The error for a channel that was closed when a command had been sent on it. */
export function withoutAnswer(): Error {
  return netError('NET_PROTO_INCOMPLETE', {
    message: 'the server closed the channel without an answer to the command, which may have run',
  })
}

const OPEN_FAILURES: Readonly<
  Record<number, 'NET_ACCESS_DENIED' | 'NET_UNSUPPORTED' | 'NET_REPLY_TEMPORARY'>
> = {
  1: 'NET_ACCESS_DENIED',
  3: 'NET_UNSUPPORTED',
  4: 'NET_REPLY_TEMPORARY',
}
