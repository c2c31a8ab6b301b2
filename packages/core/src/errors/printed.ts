/*
 * How an error of ours is printed by a console, or by Node when it is uncaught: about ten lines, and each says
 * something. The whole of it is in its fields and its JSON.
 */

import type { InspectOptions } from 'node:util'

import { isError } from './is-error.ts'
import { UNREADABLE } from './thrown-text.ts'
import { frameLines } from './trace.ts'

/** What is printed of an error. */
export interface Printable extends Error {
  readonly attempts?: readonly Error[]
  readonly errors?: readonly Error[]
}

/** The message, what is known in one line, the caller's frames, and one line for each error behind or within it. */
export function printed(error: Printable, depth: number, { compact }: InspectOptions): string {
  const headline = `${error.name}: ${error.message}`
  // Within something else, or as deep as the caller wanted to look.
  if (depth < 0 || compact === true) return `[${headline}]`
  return [
    headline,
    ...frameLines(error.stack).slice(0, MOST_FRAMES),
    `  ${factsOf(error).join(', ')}`,
    ...listed('attempts', error.attempts),
    ...listed('errors', error.errors),
    ...(error.cause === undefined ? [] : [`  cause: ${lineOf(error.cause)}`]),
  ].join('\n')
}

function factsOf(error: Error): string[] {
  return Object.entries(error)
    .filter(([key, value]) => !TOLD.has(key) && isShort(value))
    .map(([key, value]) => `${key}: ${String(value)}`)
}

function listed(name: string, errors: readonly Error[] | undefined): string[] {
  if (errors === undefined || errors.length === 0) return []
  const shown = errors.slice(0, MOST_ERRORS).map((each, at) => `    ${at + 1}. ${lineOf(each)}`)
  const more = errors.length - shown.length
  return [`  ${name}:`, ...shown, ...(more > 0 ? [`    … ${more} more`] : [])]
}

function lineOf(value: unknown): string {
  try {
    return toldOf(value)
  } catch {
    // Callers may throw anything, also what has no text or fails when it is looked at.
    return UNREADABLE
  }
}

function toldOf(value: unknown): string {
  if (!isError(value)) return oneLine(String(value))
  const code: unknown = Reflect.get(value, 'code')
  const named = typeof code === 'string' && !code.startsWith('NET_') ? ` ${code}` : ''
  return oneLine(`${value.name}${named}: ${value.message}`)
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

function isShort(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= LONGEST)
  )
}

/** What the message has said already. */
const TOLD: ReadonlySet<string> = new Set(['protocol', 'operation', 'target', 'phase', 'elapsed'])
const MOST_FRAMES = 6
const MOST_ERRORS = 10
const LONGEST = 200
