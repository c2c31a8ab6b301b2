import { expect, test } from 'vitest'

import { DataDecoder, hasBareLineEnd } from '../../src/testing/data-decoder.ts'

const WIRE = 'Subject: x\r\n\r\n..\r\n...a\r\nb.\r\n.\r\nQUIT\r\n'
const MESSAGE = 'Subject: x\r\n\r\n.\r\n..a\r\nb.\r\n'

test('finds the end of the message and undoes doubled dots wherever the bytes are cut', () => {
  for (let at = 0; at <= WIRE.length; at++) {
    const decoder = new DataDecoder(1000)
    const first = decoder.push(Buffer.from(WIRE.slice(0, at)))
    const rest =
      first === undefined
        ? decoder.push(Buffer.from(WIRE.slice(at)))
        : Buffer.concat([first, Buffer.from(WIRE.slice(at))])
    expect(rest?.toString()).toBe('QUIT\r\n')
    expect(decoder.message().toString()).toBe(MESSAGE)
  }
})

test('byte by byte, and empty', () => {
  const decoder = new DataDecoder(1000)
  const ends = Array.from(Buffer.from(WIRE.slice(0, -6)), (byte) => decoder.push(Buffer.of(byte)))
  expect(ends.findIndex((rest) => rest !== undefined)).toBe(WIRE.length - 7)
  expect(decoder.message().toString()).toBe(MESSAGE)
  const empty = new DataDecoder(1000)
  expect(empty.push(Buffer.from('.\r\n'))?.length).toBe(0)
  expect(empty.message().length).toBe(0)
})

test('throws away what is too long, and still finds its end', () => {
  const decoder = new DataDecoder(10)
  decoder.push(Buffer.from('x'.repeat(100)))
  expect(decoder.tooLong).toBe(true)
  expect(decoder.push(Buffer.from('\r\n.\r\nNOOP\r\n'))?.toString()).toBe('NOOP\r\n')
})

test('bare line ends', () => {
  expect(hasBareLineEnd(Buffer.from('a\r\nb\r\n'))).toBe(false)
  expect(hasBareLineEnd(Buffer.from('a\nb'))).toBe(true)
  expect(hasBareLineEnd(Buffer.from('a\rb\r\n'))).toBe(true)
  expect(hasBareLineEnd(Buffer.from('\n'))).toBe(true)
  expect(hasBareLineEnd(Buffer.from('a\r'))).toBe(true)
})
