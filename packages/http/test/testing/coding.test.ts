import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

import { expect, test } from 'vitest'

import type { Coding } from '../../src/middleware/codings.ts'
import { coded, codedPieces } from '../../src/testing/coding.ts'

const DECODE = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}
const codings = Object.keys(DECODE) as Coding[]

test.each(codings)('%s, whole and piece by piece', async (coding) => {
  const text = Buffer.alloc(300_000, 'some text, ')
  expect(DECODE[coding](coded(coding, text)).equals(text)).toBe(true)
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += 100_000) yield text.subarray(at, at + 100_000)
  }
  const all = Buffer.concat(await Array.fromAsync(codedPieces(coding, pieces())))
  expect(DECODE[coding](all).equals(text)).toBe(true)
})

test.each(codings)('%s gives each piece before it asks for the next one', async (coding) => {
  const asked: number[] = []
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < 3; piece++) {
      asked.push(piece)
      yield Buffer.from(`event ${piece}\n`)
    }
  }
  const made = codedPieces(coding, pieces())
  expect((await made.next()).value!.length).toBeGreaterThan(0)
  expect(asked).toEqual([0])
  await made.return(undefined)
})
