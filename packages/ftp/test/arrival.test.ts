import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { openSink } from '@net/core/authoring'

import { Arrival } from '../src/arrival.ts'
import { inOperation } from './open-session.ts'

test('a hash is made of what came, and the sink has the line ends of here', async () => {
  const got: Buffer[] = []
  await inOperation(async (op) => {
    const sink = await openSink((chunk) => void got.push(Buffer.from(chunk)))
    const digest = createHash('md5')
    const arrival = new Arrival(op, sink, { ascii: true, digest, rate: 1_000_000_000 })
    await arrival.write([Buffer.from('a\r'), Buffer.from('\nb\r')])
    await arrival.end()
    expect(digest.digest('hex')).toBe(createHash('md5').update('a\r\nb\r').digest('hex'))
    await sink.commit()
  })
  expect(Buffer.concat(got).toString()).toBe('a\nb\r')
})

test('without any of these the sink has the chunks themselves', async () => {
  const got: Uint8Array[] = []
  const chunk = Buffer.from('abc')
  await inOperation(async (op) => {
    const sink = await openSink((each) => void got.push(each))
    const arrival = new Arrival(op, sink, {})
    await arrival.write([chunk])
    await arrival.end()
    await sink.commit()
  })
  expect(got).toEqual([chunk])
})
