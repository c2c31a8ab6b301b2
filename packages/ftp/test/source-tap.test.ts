import { expect, test } from 'vitest'

import { fromFile } from '@net/core'
import { openSource } from '@net/core/authoring'

import { tapped } from '../src/source-tap.ts'

test('each piece is looked at before it is given, from chunks and from a file', async () => {
  const seen: number[] = []
  const bytes = Buffer.alloc(10)
  const tap = { look: (piece: Uint8Array) => void seen.push(piece.length) }
  await using source = tapped(await openSource(bytes), tap)
  expect(source.size).toBe(10)
  for await (const chunk of source.chunks()) expect(seen).toEqual([chunk.length])
  await using file = tapped(await openSource(fromFile(import.meta.filename)), { ...tap, piece: 7 })
  const read = await file.reader?.()
  expect(await read?.(Buffer.alloc(100))).toBe(7)
  expect(seen).toEqual([10, 7])
})

test('what is changed has no size, and is given in chunks', async () => {
  const upper = (bytes: Uint8Array): Uint8Array =>
    Buffer.from(Buffer.from(bytes).toString().toUpperCase())
  const opened = await openSource(fromFile(import.meta.filename, { start: 0, end: 6 }))
  await using source = tapped(opened, { look: () => {}, change: upper })
  expect([source.size, source.reader]).toEqual([undefined, undefined])
  expect(Buffer.concat(await Array.fromAsync(source.chunks())).toString()).toBe('IMPORT')
})
