/*
 * The codec of HTTP/1.1 on messages that a generator makes up, most of them nearly right: cut anywhere it says the same, it
 * ends with a message or an error of ours, and it reads what the parser of Node and undici read, except in ways that are known.
 */

import { isNetError } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

// @boundaries-ignore the codec has no public name, and a test of a minute has no place among those of its package
import { ClientCodec } from '../../packages/http/src/http1/client-codec.ts'
// @boundaries-ignore as above
import { ServerCodec } from '../../packages/http/src/http1/server-codec.ts'
import { differenceOf, withUndici, type Read } from './http1-classes.ts'
import { answers, requests } from './http1-messages.ts'
import { readByNode } from './node-parser.ts'
import { readByUndici } from './undici-client.ts'
import { fuzz, isLong } from './fuzz.ts'

const cuts = fc.array(fc.nat(300), { maxLength: 6 })

test('http1: an answer is the same wherever it is cut', async () => {
  await fuzz(fc.tuple(answers, cuts), ([text, at]) => {
    const whole = Buffer.from(text, 'latin1')
    const expected = readByUs([whole])
    expect(readByUs(cut(whole, at))).toEqual(expected)
  })
})

test('http1: a request is the same wherever it is cut', async () => {
  await fuzz(fc.tuple(requests, cuts), ([text, at]) => {
    const whole = Buffer.from(text, 'latin1')
    expect(readByServer(cut(whole, at))).toEqual(readByServer([whole]))
  })
})

test('http1: any bytes give an answer or an error of ours', async () => {
  await fuzz(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    const { error } = readByUs([Buffer.from('HTTP/1.1 200 OK\r\n'), Buffer.from(bytes)])
    if (error !== undefined) expect(error).toMatch(/^NET_(PROTO|CONN)_/)
  })
})

test('http1: an answer or an error of ours, wherever it is cut, and at no cost beyond its size', () => {
  let heldAtMost = 0
  for (const [number, text] of numbered(isLong ? 1_000_000 : 10_000)) {
    const whole = Buffer.from(text, 'latin1')
    const expected = readByUs([whole])
    if (expected.error !== undefined) expect(expected.error).toMatch(/^NET_(PROTO|CONN)_/)
    const at = number % (whole.length + 1)
    expect(readByUs([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected)
    heldAtMost = Math.max(heldAtMost, expected.body.length - whole.length)
  }
  expect(heldAtMost).toBeLessThanOrEqual(0)
})

test('http1: answers are read as Node reads them, or differ in a way that is known', () => {
  const counts = new Counts()
  for (const [, text] of numbered(isLong ? 100_000 : 10_000)) {
    const whole = Buffer.from(text, 'latin1')
    counts.add(differenceOf(text, [readByUs([whole]), readByNode(whole)]))
  }
  counts.print()
  expect(counts.unknown).toEqual([])
})

test('http1: answers are read as undici reads them, or differ in a way that is known', async () => {
  const counts = new Counts()
  for (const [, text] of numbered(isLong ? 100_000 : 10_000)) {
    const whole = Buffer.from(text, 'latin1')
    const ours = readByUs([whole])
    const final = { ...ours, heads: ours.heads.filter(([status]) => Number(status) >= 200) }
    counts.add(differenceOf(text, [final, await readByUndici(whole)], withUndici))
  }
  counts.print()
  expect(counts.unknown).toEqual([])
})

/** Generated answers, always the same, with their numbers; not all of them in memory at once. */
function* numbered(size: number): Generator<readonly [number: number, text: string]> {
  for (let number = 0; number < size;) {
    const numRuns = Math.min(BATCH, size - number)
    for (const text of fc.sample(answers, { numRuns, seed: SEED + number })) yield [number++, text]
  }
}

/** How often there is which difference. */
class Counts {
  readonly #byName = new Map<string, number>()

  get unknown(): string[] {
    return [...this.#byName.keys()].filter((name) => name.startsWith('unknown'))
  }

  add(name: string | undefined): void {
    const key = name ?? 'both read the same, or both refuse'
    this.#byName.set(key, (this.#byName.get(key) ?? 0) + 1)
  }

  /** For those who keep the counts of `http1-classes.ts`. */
  print(): void {
    if (isLong) console.log(Object.fromEntries(this.#byName))
  }
}

const BATCH = 10_000
const SEED = 11

function cut(whole: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.filter((end) => end < whole.length), whole.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end))
}

/** How we read an answer to GET that the end of the connection follows. */
function readByUs(pieces: readonly Buffer[]): Read {
  const read: Read = { heads: [], body: '', ended: 0 }
  const codec = new ClientCodec({
    interim: (status, fields) => void read.heads.push([status, ...fields]),
    head: ({ status, fields }) => void read.heads.push([status, ...fields]),
    data: (chunk) => void (read.body += chunk.toString('latin1')),
    end: () => void (read.ended += 1),
    switched() {},
    rest() {},
  })
  codec.request({ method: 'GET', framing: 0 })
  return endedIn(read, () => {
    for (const piece of pieces) codec.receive(piece)
    codec.finish()
  })
}

function readByServer(pieces: readonly Buffer[]): Read {
  const read: Read = { heads: [], body: '', ended: 0 }
  const codec: ServerCodec = new ServerCodec({
    head: ({ method, target, fields }) => void read.heads.push([method, target, ...fields]),
    data: (chunk) => void (read.body += chunk.toString('latin1')),
    end() {
      read.ended += 1
      codec.response({ status: 204, fields: [] })
      codec.finalPiece()
      if (codec.mayGoOn) codec.next()
    },
    rest() {},
  })
  return endedIn(read, () => {
    for (const piece of pieces) codec.receive(piece)
    codec.finish()
  })
}

function endedIn(read: Read, run: () => void): Read {
  try {
    run()
    return read
  } catch (error) {
    if (isNetError(error)) return { ...read, error: error.code }
    throw error
  }
}
