/*
 * Faults as the command line spells them: `<what>:<action>[@bytes][*times]`. What they are for is in the words of each server:
 * a command, a path, a request.
 */

import { UsageError } from '../usage-error.ts'

/** A fault, of whatever server; its door says whether it can happen. */
export interface Fault {
  readonly on?: string
  readonly after?: number
  readonly times?: number
  readonly do: unknown
}

/** How the kinds of servers spell an answer of their own. */
export type ReplyKind = 'text' | 'http' | 'ssh' | 'sftp' | 'proxy' | 'none'

/**
 * The fault of a text such as `RETR:reset@1000`, `STOR:552 No space`, `GET /a:503`, `:200ms`: what is behind the first colon that
 * an action follows. Throws `UsageError`.
 */
export function faultOf(text: string, kind: ReplyKind): Fault {
  const [, rule = '', bytes, times] = /^(.*?)(?:@(\d+))?(?:\*(\d+|all))?$/s.exec(text) ?? []
  for (let at = rule.indexOf(':'); at >= 0; at = rule.indexOf(':', at + 1)) {
    const action = actionOf(rule.slice(at + 1), kind)
    if (action === undefined) continue
    return {
      ...(at === 0 ? {} : { on: rule.slice(0, at) }),
      ...(bytes === undefined ? {} : { after: Number(bytes) }),
      ...(times === undefined ? {} : { times: timesOf(times) }),
      do: action,
    }
  }
  throw new UsageError(`${text} is no fault: give <what>:<action>, such as RETR:reset@1000`)
}

function timesOf(text: string): number {
  return text === 'all' ? Number.MAX_SAFE_INTEGER : Number(text)
}

/** Everything answered so much later. */
export function delayFault(milliseconds: number): Fault {
  return { times: Number.MAX_SAFE_INTEGER, do: { delay: milliseconds } }
}

function actionOf(action: string, kind: ReplyKind): unknown {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(action) ?? []
  if (digits !== undefined) return { delay: Number(digits) * (unit === 's' ? 1000 : 1) }
  if (/^[a-z][a-z-]*$/.test(action)) return wordOf(action, kind)
  const [, status = '', rest = ''] = /^(\d+)(?:[ -](.*))?$/s.exec(action) ?? []
  return status === '' ? undefined : REPLIES[kind]?.(Number(status), rest, action)
}

function wordOf(word: string, kind: ReplyKind): unknown {
  return kind === 'ssh' && (word === 'failure' || word === 'close') ? { reply: word } : word
}

type Reply = (status: number, rest: string, action: string) => unknown

/** An answer of its own, as each kind of server takes it. */
const REPLIES: Readonly<Record<ReplyKind, Reply | undefined>> = {
  text: (_status, _rest, action) => ({ reply: action }),
  http: (status, rest) => ({ reply: { status, ...(rest === '' ? {} : { body: rest }) } }),
  sftp: (status, rest) => ({ status, ...(rest === '' ? {} : { text: rest }) }),
  proxy: (status, rest) => (rest === '' ? { reply: status } : undefined),
  ssh: undefined,
  none: undefined,
}
