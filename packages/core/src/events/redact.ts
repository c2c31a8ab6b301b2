/*
 * Redaction by value: every secret that this process holds is struck out of messages and events, in clear and in
 * the forms in which protocols send it, wherever it turns up, even in what a peer echoes.
 */

import { shared } from '../shared.ts'

/**
 * Strikes a value out of all messages and events for as long as `holder` is alive.
 * Values of fewer than 4 characters are not looked for: they would strike out ordinary words.
 */
export function holdSecret(value: string, holder: object): void {
  if (value.length < SHORTEST) return
  const { held, holders } = secrets()
  if (!held.has(value)) secrets().pattern = undefined
  held.set(value, (held.get(value) ?? 0) + 1)
  holders.register(holder, value)
}

/** The text with every held secret replaced by `[secret]`. */
export function redact(text: string): string {
  const all = secrets()
  if (all.held.size === 0) return text
  all.pattern ??= patternOf(all.held.keys())
  return text.replace(all.pattern, STRUCK)
}

interface Secrets {
  readonly held: Map<string, number>
  readonly holders: FinalizationRegistry<string>
  pattern: RegExp | undefined
}

/** One per process, also when two copies of this package are installed: a secret given to one must not show in the other. */
function secrets(): Secrets {
  return shared('secrets', noSecrets)
}

function noSecrets(): Secrets {
  const made: Secrets = {
    held: new Map(),
    holders: new FinalizationRegistry((value) => release(made, value)),
    pattern: undefined,
  }
  return made
}

function release(from: Secrets, value: string): void {
  const count = from.held.get(value) ?? 0
  if (count > 1) {
    from.held.set(value, count - 1)
    return
  }
  from.held.delete(value)
  from.pattern = undefined
}

function patternOf(values: Iterable<string>): RegExp {
  const forms = new Set<string>()
  for (const value of values) for (const form of formsOf(value)) forms.add(form)
  // Longest first, so that a secret that begins with another one is struck out whole.
  const sorted = [...forms].toSorted((a, b) => b.length - a.length)
  return new RegExp(sorted.map((form) => form.replace(SPECIAL, String.raw`\$&`)).join('|'), 'g')
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const base64 = bytes.toString('base64')
  return [
    value,
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams([['', value]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    JSON.stringify(value).slice(1, -1),
  ].filter((form) => form.length >= SHORTEST)
}

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g
const SHORTEST = 4
const STRUCK = '[secret]'
