/*
 * Redaction by value: a secret is struck out, in clear and in the forms in which protocols send it, wherever it may turn
 * up, even in what a peer echoes. That is in what belongs to the client or call that holds it. In the texts of others it
 * would only make names unreadable, and tell that they are passwords.
 */

import { shared } from '../shared.ts'

/** Whose secrets are looked for: ids of clients and calls. Undefined where nobody knows: then everybody's. */
export type SecretOwners = readonly number[]

/**
 * Strikes a value out of messages and events for as long as `holder` is alive: of those that belong to `owner`, or of all
 * while it has none. Values of fewer than 4 characters are not looked for, and words only where they stand alone and for
 * their owner: they would strike out ordinary text.
 */
export function holdSecret(value: string, holder: object, owner?: number): void {
  if (value.length < SHORTEST) return
  const all = secrets()
  const held: Held = { value, owners: new Set(owner === undefined ? [] : [owner]) }
  const known = all.held.get(value)
  if (!isCovered(held, known)) all.patterns.clear()
  if (known === undefined) all.held.set(value, new Set([held]))
  else known.add(held)
  const before = all.ofHolder.get(holder)
  if (before === undefined) all.ofHolder.set(holder, [held])
  else before.push(held)
  all.holders.register(holder, held)
}

/** What the holder holds belongs to this client or call, and no longer to everybody; to several if it is given to several. */
export function claimSecrets(holder: object, owner: number): void {
  const all = secrets()
  for (const held of all.ofHolder.get(holder) ?? []) {
    if (held.owners.has(owner)) continue
    held.owners.add(owner)
    // One that is given to call after call would remember all of them; the oldest are long over.
    if (held.owners.size > MOST_OWNERS) held.owners.delete(oldest(held.owners))
    all.patterns.clear()
  }
}

/** The text with every secret of these owners, and every one that has no owner, replaced by `[secret]`. */
export function redact(text: string, owners?: SecretOwners): string {
  const all = secrets()
  if (all.held.size === 0) return text
  const pattern = patternFor(all, owners)
  return pattern === undefined ? text : text.replace(pattern, STRUCK)
}

function oldest(owners: ReadonlySet<number>): number {
  const [first = 0] = owners
  return first
}

interface Held {
  readonly value: string
  readonly owners: Set<number>
}

interface Secrets {
  readonly held: Map<string, Set<Held>>
  readonly ofHolder: WeakMap<object, Held[]>
  readonly holders: FinalizationRegistry<Held>
  /** By the owners that they are for; emptied whenever something changes. */
  readonly patterns: Map<string, RegExp | undefined>
}

/** One per process, also when two copies of this package are installed: a secret given to one must not show in the other. */
function secrets(): Secrets {
  return shared('secrets-by-owner', noSecrets)
}

function noSecrets(): Secrets {
  const made: Secrets = {
    held: new Map(),
    ofHolder: new WeakMap(),
    holders: new FinalizationRegistry((held) => release(made, held)),
    patterns: new Map(),
  }
  return made
}

function release({ held, patterns }: Secrets, gone: Held): void {
  const known = held.get(gone.value)
  known?.delete(gone)
  if (known?.size === 0) held.delete(gone.value)
  if (!isCovered(gone, known)) patterns.clear()
}

/** Whether the patterns look for it anyway, for the same owners: secrets of a client are held anew by each of its calls. */
function isCovered(held: Held, known: ReadonlySet<Held> | undefined): boolean {
  const owners = [...held.owners]
  return [...(known ?? [])].some(
    (each) => each.owners.size === owners.length && owners.every((owner) => each.owners.has(owner)),
  )
}

function patternFor(all: Secrets, owners: SecretOwners | undefined): RegExp | undefined {
  const key = owners === undefined ? '*' : owners.join()
  if (all.patterns.has(key)) return all.patterns.get(key)
  if (all.patterns.size >= MOST_PATTERNS) all.patterns.clear()
  const values = [...all.held].filter(([, held]) => [...held].some((each) => isFor(each, owners)))
  const pattern = values.length === 0 ? undefined : patternOf(values.map(([value]) => value))
  all.patterns.set(key, pattern)
  return pattern
}

function isFor(held: Held, owners: SecretOwners | undefined): boolean {
  if (held.owners.size === 0) return true
  // Where nobody knows whose text it is, a word is most probably no secret; its client strikes it out later on.
  if (owners === undefined) return !WORD.test(held.value)
  return owners.some((owner) => held.owners.has(owner))
}

function patternOf(values: readonly string[]): RegExp {
  const sources = new Map<string, string>()
  for (const value of values) {
    for (const form of formsOf(value)) sources.set(form, form.replace(SPECIAL, String.raw`\$&`))
  }
  for (const value of values) {
    if (WORD.test(value)) sources.set(value, `${NO_LETTER_BEFORE}${value}${NO_LETTER_BEHIND}`)
  }
  // Longest first, so that a secret that begins with another one is struck out whole.
  const sorted = [...sources].toSorted(([a], [b]) => b.length - a.length)
  return new RegExp(sorted.map(([, source]) => source).join('|'), 'gu')
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

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g
const SHORTEST = 4
/** What may stand in a dictionary, or is a year: within a longer word it means something else. */
const WORD = /^(?:\p{L}{1,12}|\d{1,8})$/u
const NO_LETTER_BEFORE = String.raw`(?<![\p{L}\p{N}])`
const NO_LETTER_BEHIND = String.raw`(?![\p{L}\p{N}])`
const MOST_OWNERS = 10_000
const MOST_PATTERNS = 1000
const STRUCK = '[secret]'
