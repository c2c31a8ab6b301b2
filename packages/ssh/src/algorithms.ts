/*
 * Which algorithms are offered, in order of preference: by default nothing with SHA-1, CBC, DSA or RC4. Knows nothing of the
 * engine but the names of RFC 4253 and its successors.
 */

import { getCiphers, getFips } from 'node:crypto'
import * as nodeCrypto from 'node:crypto'

import { netError } from '@net/core/authoring'

import { HYBRID, MODERN, OLD, type AlgorithmLists, type Algorithms } from './algorithm-names.ts'

/** What both sides agreed on. */
export interface Negotiated {
  readonly kex: string
  readonly hostKey: string
  /** From us to the server. */
  readonly cipherOut: string
  readonly macOut: string
  /** From the server to us. */
  readonly cipherIn: string
  readonly macIn: string
  /** What is compressed by, `none` if nothing is. */
  readonly compression: string
}

/** The lists as given, with ours where none is given, and without what this Node.js lacks. Throws `NET_BAD_OPTION` for names that are not known. */
export function chosenAlgorithms(given?: AlgorithmLists): Algorithms {
  if (given !== undefined) return available(given)
  const fips = getFips()
  if (usual?.fips !== fips) usual = { fips, lists: available({}) }
  return usual.lists
}

function available(given: AlgorithmLists): Algorithms {
  const parts = (['kex', 'hostKeys', 'ciphers', 'macs'] as const).map((part) => {
    const names = given[part] ?? MODERN[part]
    const known = [...MODERN[part], ...OLD[part]]
    const other = names.find((name) => !known.includes(name))
    if (other !== undefined || names.length === 0) throw unknown(part, other, known)
    return [part, names.filter(isAvailable)] as const
  })
  return Object.fromEntries(parts) as unknown as Algorithms
}

/** What a policy knows of the keys of a server. */
export interface KnownKeys {
  /** The types of its keys: those are asked for first, so that it shows a known key. */
  readonly types: readonly string[]
  /** Whether an authority is known: then its certificates are asked for before all keys. */
  readonly authority?: boolean | undefined
}

/** What is offered to a server of which this is known. */
export function offer(
  { types, authority = false }: KnownKeys,
  lists: Algorithms = chosenAlgorithms(),
): Algorithms {
  if (types.length === 0 && !authority) return lists
  const name = `${types.join()} ${authority}`
  let made = offers.get(lists)
  if (made?.name !== name) {
    made = { name, offer: reordered(types, authority, lists) }
    offers.set(lists, made)
  }
  return made.offer
}

function reordered(types: readonly string[], authority: boolean, lists: Algorithms): Algorithms {
  const known = types.flatMap((type) => SIGNATURES[type] ?? [type])
  const first = lists.hostKeys.filter((name) => known.includes(name))
  const rest = lists.hostKeys.filter((name) => !known.includes(name))
  const plain = [...first, ...rest]
  const certified = authority ? plain.filter((name) => !WITHOUT.has(name)).map(certificateName) : []
  return { ...lists, hostKeys: [...certified, ...plain] }
}

/** What is offered to a server of whose keys only those of these algorithms are wanted. */
export function offerOnly(
  hostKeys: readonly string[],
  lists: Algorithms = chosenAlgorithms(),
): Algorithms {
  return { ...lists, hostKeys }
}

/** The algorithms of ours for host keys that the server has as well, without those for keys of these types. */
export function otherHostKeys(
  offered: readonly string[],
  types: readonly string[],
  lists: Algorithms = chosenAlgorithms(),
): readonly string[] {
  const seen = types.flatMap((type) => SIGNATURES[type] ?? [type])
  return lists.hostKeys.filter((name) => offered.includes(name) && !seen.includes(name))
}

/**
 * Throws `NET_WEAK_ALGORITHM` unless the whole handshake is protected: with ChaCha20-Poly1305 and encrypt-then-MAC that
 * needs strict key exchange of both sides (CVE-2023-48795).
 */
export function refuseTerrapin(negotiated: Negotiated, strict: boolean): void {
  if (strict) return
  const { cipherOut, cipherIn, macOut, macIn } = negotiated
  const open = [cipherOut, cipherIn].find((name) => name.startsWith('chacha20-'))
  const weak = open ?? [macOut, macIn].find((name) => name.includes('-etm@'))
  if (weak === undefined) return
  throw netError('NET_WEAK_ALGORITHM', {
    message: `the server chose ${weak} without strict key exchange, which ${weak} needs to protect the handshake; no option allows that: update the server`,
  })
}

/** The algorithm of the certificates whose keys sign by this one. */
function certificateName(name: string): string {
  return `${name}-cert-v01@openssh.com`
}

function isAvailable(name: string): boolean {
  if (name === HYBRID) return typeof Reflect.get(nodeCrypto, 'decapsulate') === 'function'
  if (name.startsWith('chacha20-')) return getCiphers().includes('chacha20')
  if (name.startsWith('curve25519-')) return getFips() === 0
  return true
}

function unknown(part: string, name: string | undefined, known: readonly string[]): Error {
  const what =
    name === undefined
      ? `algorithms.${part} is empty`
      : `algorithms.${part} has "${name}", which is not known here`
  return netError('NET_BAD_OPTION', { message: `${what}; known are ${known.join(', ')}` })
}

// No certificate is taken that was signed by these.
const WITHOUT: ReadonlySet<string> = new Set(OLD.hostKeys)
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
}
// The last one for each object of lists: who connects again mostly connects to the same server.
const offers = new WeakMap<Algorithms, { readonly name: string; readonly offer: Algorithms }>()
let usual: { readonly fips: number; readonly lists: Algorithms } | undefined
