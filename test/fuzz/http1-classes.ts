/*
 * Where our codec and llhttp, the parser of Node and of undici, read the same answer differently, and why. The counts are
 * those of 100,000 generated answers with Node 24.21, of which both read 94,612 alike, or both refuse them. undici 8.12 differs in
 * these ways and in three more; of the same 100,000 it reads 91,206 as we do.
 */

/** What a parser made of bytes. */
export interface Read {
  /** Status, then names and values in turn. */
  readonly heads: (readonly (string | number)[])[]
  body: string
  /** How many messages are complete. */
  ended: number
  /** A code, if the bytes were refused. */
  readonly error?: string
}

/** One kind of difference. */
export interface Difference {
  /** In words. */
  readonly name: string
  readonly who: 'we refuse' | 'we take' | 'both take'
  readonly why: string
  /** Of 100,000. */
  readonly count: number
  readonly has: RegExp
}

/** All that are known. */
export const differences: readonly Difference[] = [
  {
    name: 'a transfer coding that is not chunked alone',
    who: 'we refuse',
    why: 'nobody asked for it, and where such a body ends is what readers disagree about (RFC 9112 section 6.3)',
    count: 1_761,
    has: /transfer-encoding: (?:xchunked|gzip|chunked\r\ntransfer|chunked, )/,
  },
  {
    name: 'a folded field',
    who: 'we take',
    why: 'a user agent replaces the fold by blanks (RFC 9112 section 5.2)',
    count: 885,
    has: /\r\n 2/,
  },
  {
    name: 'the same Content-Length several times',
    who: 'we take',
    why: 'they are one (RFC 9110 section 8.6)',
    count: 1_766,
    has: /content-length: 5(?:, |\r\ncontent-length: )5/,
  },
  {
    name: 'a minor version that is later than 1',
    who: 'we take',
    why: 'it is read as the latest that we know (RFC 9110 section 2.5)',
    count: 604,
    has: /HTTP\/1\.9/,
  },
  {
    name: 'blanks behind the size of a chunk',
    who: 'we take',
    why: 'they may stand before an extension (RFC 9112 section 7.1.1), old servers pad sizes with them, and the size stays the same',
    count: 372,
    has: /\r\n[05] (?:;|\r?\n)/,
  },
]

/** What undici refuses besides, though HTTP allows it: with it answers differ in these ways, too. */
const ofUndici: readonly Difference[] = [
  {
    name: '100 Continue that nobody asked for',
    who: 'we take',
    why: 'a client must read interim answers that it did not expect (RFC 9110 section 15.2)',
    count: 2_361,
    has: /^HTTP\/1\.1 100/,
  },
  {
    name: 'a tab behind a value',
    who: 'both take',
    why: 'blanks around a value are no part of it (RFC 9110 section 5.5); undici leaves the tab there',
    count: 787,
    has: /\t\r\n/,
  },
  {
    name: 'bytes behind the answer',
    who: 'we refuse',
    why: 'both give the answer and close the connection; undici says nothing of it',
    count: 332,
    has: /hello and more$|\r\n\r\n5?.*hello/s,
  },
]

/** The kinds of differences that undici's client adds to its parser's. */
export const withUndici: readonly Difference[] = [...differences, ...ofUndici]

/** What is to be said of two readings: nothing if they agree, else the kind of difference, or that it is unknown. */
export function differenceOf(
  text: string,
  [ours, theirs]: readonly [Read, Read],
  kinds: readonly Difference[] = differences,
): string | undefined {
  if (ours.error !== undefined && theirs.error !== undefined) return undefined
  const who = whoTakes(ours, theirs)
  if (who === 'both take' && same(ours, theirs)) return undefined
  const known = kinds.find((one) => one.who === who && one.has.test(text))
  return known?.name ?? `unknown: ${who} ${JSON.stringify(text)}`
}

function whoTakes(ours: Read, theirs: Read): Difference['who'] {
  if (ours.error !== undefined) return 'we refuse'
  return theirs.error === undefined ? 'both take' : 'we take'
}

function same(one: Read, other: Read): boolean {
  return JSON.stringify([one.heads, one.body]) === JSON.stringify([other.heads, other.body])
}
