/*
 * Redaction by value: a secret is struck out, in clear and in the forms in which protocols send it, wherever it may turn
 * up, even in what a peer echoes. That is in what belongs to the client or call that holds it. In the texts of others it
 * would only make names unreadable, and tell that they are passwords.
 */

import { shared } from '../shared.ts'
import { SecretIndex } from './secret-index.ts'

/** Whose secrets are looked for: ids of clients and calls. Undefined where the owner is unknown: then those of all. */
export type SecretOwners = readonly number[]

/**
 * Strikes a value out of messages and events for as long as `holder` is alive: of those that belong to `owner`, or of all
 * while it has none. Values of fewer than 4 characters are not looked for, and words only where they stand alone and for
 * their owner: they would strike out ordinary text.
 */
export function holdSecret(value: string, holder: object, owner?: number): void {
  if (value.length < SecretIndex.shortest) return
  const all = secrets()
  const held: Held = { value, owners: new Set(owner === undefined ? [] : [owner]) }
  const same = all.held.get(value)
  if (same === undefined) {
    all.held.set(value, new Set([held]))
    all.index.add(value)
  } else same.add(held)
  const before = all.ofHolder.get(holder)
  if (before === undefined) all.ofHolder.set(holder, [held])
  else before.push(held)
  all.holders.register(holder, held)
}

/** What the holder holds belongs to this client or call, and no longer to everybody; to several if it is given to several. */
export function claimSecrets(holder: object, owner: number): void {
  for (const held of secrets().ofHolder.get(holder) ?? []) {
    // Last in the order of the set again.
    held.owners.delete(owner)
    held.owners.add(owner)
    // One that is given to client after client would remember all of them; those that use it no more go first.
    if (held.owners.size > MOST_OWNERS) held.owners.delete(oldest(held.owners))
  }
}

/** The text with every secret of these owners, and every one that has no owner yet, replaced by `[secret]`. */
export function redact(text: string, owners?: SecretOwners): string {
  const { held, index } = secrets()
  if (held.size === 0) return text
  const isSought = (value: string): boolean => {
    for (const each of held.get(value) ?? []) if (isFor(each, owners)) return true
    return false
  }
  return index.strike(text, isSought, STRUCK)
}

/** Whether there is any secret to look for. */
export function holdsSecrets(): boolean {
  return secrets().held.size > 0
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
  readonly index: SecretIndex
}

/** One per process, also when two copies of this package are installed: a secret given to one must not show in the other. */
function secrets(): Secrets {
  known ??= shared('secrets-by-form', noSecrets)
  return known
}

/** Every event asks for them, so that their name is not looked up each time. */
let known: Secrets | undefined

function noSecrets(): Secrets {
  const made: Secrets = {
    held: new Map(),
    ofHolder: new WeakMap(),
    holders: new FinalizationRegistry((held) => release(made, held)),
    index: new SecretIndex(),
  }
  return made
}

function release({ held, index }: Secrets, gone: Held): void {
  const same = held.get(gone.value)
  same?.delete(gone)
  if (same?.size !== 0) return
  held.delete(gone.value)
  index.delete(gone.value)
}

function isFor({ value, owners: of }: Held, owners: SecretOwners | undefined): boolean {
  if (of.size === 0) return true
  // Where the owner of the text is unknown, a word is most probably no secret; its client strikes it out later on.
  if (owners === undefined) return !SecretIndex.isWord(value)
  return owners.some((owner) => of.has(owner))
}

const MOST_OWNERS = 10_000
const STRUCK = '[secret]'
