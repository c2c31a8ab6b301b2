/*
 * An error as the command tells it: in its own words, with what helps, and with what a server answered. With `--json` it is one
 * object on stdout, like every other result.
 */

import { isNetError, type NetError } from '@net/core'

import { exitCodeOf } from '../exit-code.ts'
import { Interruption } from '../interruption.ts'
import { UsageError } from '../usage-error.ts'
import { harmless, harmlessLines } from './harmless.ts'
import type { Output } from './output.ts'

/** Prints what a command threw; resolves to the exit code. */
export async function tellError(error: unknown, name: string, output: Output): Promise<number> {
  const code = exitCodeOf(error)
  if (code === 0) return 0
  if (output.json) await output.event(errorEvent(error))
  else output.complain([`net ${name}: ${messageOf(error)}`, ...bodyOf(error)].join('\n'))
  return code
}

/** The object of `--json`. */
export function errorEvent(error: unknown): {
  readonly type: 'error'
  readonly code: string
  readonly message: string
  readonly exitCode: number
  readonly status?: number
  readonly body?: string
} {
  const reply = isNetError(error) ? error.reply : undefined
  return {
    type: 'error',
    code: nameOf(error),
    message: messageOf(error),
    exitCode: exitCodeOf(error),
    ...(reply?.status === undefined ? {} : { status: reply.status }),
    ...(reply === undefined || reply.text === '' ? {} : { body: reply.text }),
  }
}

/** One line in the words of the command: `--accept-new`, not `acceptNew()`. */
export function messageOf(error: unknown): string {
  if (error instanceof UsageError) return harmless(error.message)
  if (isNetError(error)) {
    return error.cause instanceof Interruption ? error.cause.message : inOurWords(error.message)
  }
  if (!(error instanceof Error)) return harmless(String(error))
  // An error that is no network's and no system's is a mistake in this program: its place helps.
  const isOfSystem = error instanceof Interruption || 'syscall' in error || 'code' in error
  return isOfSystem ? harmless(error.message) : harmlessLines(error.stack ?? error.message)
}

function inOurWords(message: string): string {
  return WORDS.reduce((text, [pattern, ours]) => text.replace(pattern, ours), harmless(message))
}

function nameOf(error: unknown): string {
  if (error instanceof UsageError) return 'USAGE'
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Interruption ? 'INTERRUPTED' : 'INTERNAL'
}

/** What an HTTP server said besides its status: the first lines of it. */
function bodyOf(error: unknown): readonly string[] {
  if (!isNetError(error) || !isOfHttp(error)) return []
  const lines = harmlessLines(error.reply?.text ?? '')
    .trimEnd()
    .split('\n')
  if (lines.length === 1 && lines[0] === '') return []
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line.slice(0, LONGEST_LINE)}`)
  return lines.length > MOST_LINES
    ? [...shown, `  … ${lines.length - MOST_LINES} more lines`]
    : shown
}

function isOfHttp(error: NetError): boolean {
  return error.protocol === 'http' && error.reply !== undefined
}

const MOST_LINES = 20
const LONGEST_LINE = 400
/** What packages advise their callers, and the option that does that here. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/with hostKeys: acceptNew\(\)/g, 'with --accept-new'],
  [/hostKeys: acceptNew\(\)/g, '--accept-new'],
  [/\bacceptNew\(\)/g, '--accept-new'],
  [
    /use TLS, or set dangerouslyAllowPlaintextAuth/g,
    'use TLS, or give --dangerously-allow-plaintext-auth',
  ],
  [/dangerouslyAllowPlaintextAuth(?:: true)?/g, '--dangerously-allow-plaintext-auth'],
  [/tls: \{ dangerouslySkipVerification: true \}/g, '--dangerously-skip-verification'],
  [/dangerouslySkipVerification(?:: true)?/g, '--dangerously-skip-verification'],
  [/(?:pass|with) tls: \{ ca(?::[^}]*)? \}/g, 'give --cacert'],
  [/\btls\.ca\b|tls: \{ ca \}/g, '--cacert'],
  [/pass \{ recursive: true \}/g, 'give -r'],
  [/pass \{ delete: (\d+) \} or \{ delete: 'all' \}/g, 'give --delete $1 or --delete all'],
  [/maxBytes/g, 'the limit of bytes'],
]
