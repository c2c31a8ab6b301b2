import { overTransport, texts } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { thrown } from '../support.ts'

test('[SOCK-17] no character is cut, wherever its bytes come apart', () => {
  const whole = Buffer.from('žluť 😀 kůň')
  for (let at = 0; at <= whole.length; at++) {
    const codec = texts()
    const pieces = [...codec.decode(whole.subarray(0, at)), ...codec.decode(whole.subarray(at))]
    codec.finish()
    expect(pieces.join('')).toBe('žluť 😀 kůň')
    expect(pieces.every((piece) => piece !== '' && !piece.includes('�'))).toBe(true)
  }
})

test('[SOCK-17] line breaks are LF, also where CR and LF come apart', () => {
  const text = 'one\r\ntwo\rthree\n\r\n\r\rfour\r'
  for (let at = 0; at <= text.length; at++) {
    const codec = texts({ newline: 'lf' })
    const given = [text.slice(0, at), text.slice(at)].flatMap((part) =>
      codec.decode(Buffer.from(part)),
    )
    expect(given.join('')).toBe('one\ntwo\nthree\n\n\n\nfour\n')
  }
})

test('[SOCK-17] text is written in its encoding, with the line breaks asked for', () => {
  expect(Buffer.from(texts({ newline: 'crlf' }).encode('a\nb\r\n')).toString()).toBe('a\r\nb\r\n')
  const { encode } = texts({ newline: 'crlf' })
  const pieces = ['a\r', '', '\nb\n', '\nc\r', 'd\r', '\r\n\r', '\n']
  const apart = pieces.map((piece) => Buffer.from(encode(piece)).toString())
  expect(apart.join('')).toBe('a\r\nb\r\n\r\nc\rd\r\r\n\r\n')
  expect(Buffer.from(texts({ newline: 'lf' }).encode('a\nb')).toString()).toBe('a\nb')
  expect([...texts({ encoding: 'utf16le' }).encode('hé')]).toEqual([0x68, 0, 0xe9, 0])
})

test('[SOCK-17] a connection is read as text', async () => {
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  const word = Buffer.from('grüße')
  await theirs.write(word.subarray(0, 3))
  await theirs.write(word.subarray(3))
  await theirs.end()
  let text = ''
  for await (const piece of ours.frames(texts())) text += piece
  expect(text).toBe('grüße')
})

test('an end within a character is incomplete', () => {
  const codec = texts()
  codec.decode(Buffer.from('ü').subarray(0, 1))
  expect(thrown(() => codec.finish()).code).toBe('NET_PROTO_INCOMPLETE')
})
