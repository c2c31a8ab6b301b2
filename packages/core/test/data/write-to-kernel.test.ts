import { PassThrough, Writable } from 'node:stream'

import { written } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('a chunk is written once the stream has taken it, and all before it', async () => {
  const taken: string[] = []
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        taken.push(String(chunk))
        done()
      })
    },
  })
  slow.write('first')
  await written(slow, Buffer.from('second'))
  expect(taken).toEqual(['first', 'second'])
})

test('a stream that fails ends the wait', async () => {
  const stream = new PassThrough({ highWaterMark: 1 }).on('error', () => {})
  stream.write('full')
  const waiting = written(stream, Buffer.from('more'))
  stream.destroy(new Error('cut'))
  await waiting
  await written(stream, Buffer.from('later'))
  expect(stream.destroyed).toBe(true)
})
