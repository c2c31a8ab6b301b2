import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { Base64Lines } from '../src/base64-lines.ts'

test('lines of 76 letters, however the bytes are cut', () => {
  for (const length of [0, 1, 56, 57, 58, 114, 115, 1000]) {
    const bytes = randomBytes(length)
    const expected =
      bytes
        .toString('base64')
        .match(/.{1,76}/g)
        ?.join('\r\n') ?? ''
    for (const size of [1, 2, 56, 57, 58, 1000]) {
      const lines = new Base64Lines()
      const sent: Buffer[] = []
      for (let at = 0; at < length; at += size)
        sent.push(Buffer.from(lines.encode(bytes.subarray(at, at + size))))
      sent.push(lines.end())
      expect(Buffer.concat(sent).toString()).toBe(expected)
    }
  }
})

test('a chunk may be used again once it was encoded', () => {
  const lines = new Base64Lines()
  const shared = Buffer.from('one')
  const first = lines.encode(shared)
  shared.write('two')
  const text = Buffer.concat([first, lines.encode(shared), lines.end()]).toString()
  expect(Buffer.from(text, 'base64').toString()).toBe('onetwo')
})

test('what it gives stays as it is while the next lines are written', () => {
  const lines = new Base64Lines()
  const first = lines.encode(Buffer.alloc(114, 'a'))
  const copy = Buffer.from(first)
  lines.encode(Buffer.alloc(114, 'b'))
  expect(first.equals(copy)).toBe(true)
})

test('letters are the right ones wherever their line lies, in thousands of lines', () => {
  const bytes = randomBytes(300_000)
  const expected = bytes.toString('base64').replaceAll(/.{76}(?=.)/g, '$&\r\n')
  for (const cuts of [
    [0],
    [1],
    [56],
    [57],
    [58],
    [113],
    [3 * 57],
    [63 * 57 + 1, 70_000],
    [150_001, 150_002],
  ]) {
    const lines = new Base64Lines()
    const ends = [...cuts, bytes.length]
    const sent = ends.map((end, place) =>
      Buffer.from(lines.encode(bytes.subarray(place === 0 ? 0 : ends[place - 1], end))),
    )
    expect(Buffer.concat([...sent, lines.end()]).toString() === expected).toBe(true)
  }
})
