import { Receiver } from 'ws'
import { expect, test } from 'vitest'

import { maskedFrame } from '../../src/engine/masked-frame.ts'

/** What ws, as a server, reads in these bytes. */
function readBy(frame: Uint8Array): unknown {
  const options = { extensions: {}, isServer: true, maxPayload: 0, maxBufferedChunks: 0 }
  const receiver = new Receiver({ ...options, maxFragments: 0 })
  const heard: unknown[] = []
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    heard.push(isBinary ? Buffer.from(data) : data.toString()),
  )
  receiver.on('error', (error) => heard.push(error))
  receiver.write(Buffer.from(frame))
  return heard
}

test.each([0, 1, 2, 3, 4, 5, 125, 126, 127, 4095, 65_535, 65_536, 65_537, 200_001])(
  'a message of %i bytes, as ws reads it',
  (size) => {
    const bytes = Buffer.alloc(size, 'abcdefg')
    const before = Buffer.from(bytes)
    expect(readBy(maskedFrame(bytes))).toEqual([bytes])
    expect(readBy(maskedFrame(bytes.toString()))).toEqual([bytes.toString()])
    expect(bytes).toEqual(before)
  },
)

test('text is UTF-8', () => {
  expect(readBy(maskedFrame('grüße \u{1f600}'))).toEqual(['grüße \u{1f600}'])
})

test('no mask is like another, and the message cannot be read without it', () => {
  const frames = Array.from({ length: 3000 }, () => maskedFrame('hello hello').toString('hex'))
  expect(new Set(frames).size).toBeGreaterThan(2990)
  expect(frames.filter((frame) => frame.includes(Buffer.from('hello').toString('hex')))).toEqual([])
})
