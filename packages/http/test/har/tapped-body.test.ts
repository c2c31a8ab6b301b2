import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { ReceivedBody } from '../../src/body.ts'
import { TappedBody } from '../../src/har/tapped-body.ts'

function tapped(): { body: ReceivedBody; tap: TappedBody; told: unknown[] } {
  const told: unknown[] = []
  const body = new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, undefined, Infinity)
  const tap = new TappedBody(body, {
    piece: (chunk) => told.push(Buffer.from(chunk).toString()),
    ended: (error) => told.push(error?.code ?? 'end'),
  })
  return { body, tap, told }
}

test('what the reader gets, piece by piece, and its end, once', async () => {
  const { body, tap, told } = tapped()
  body.push(Buffer.from('a'))
  body.push(Buffer.from('b'))
  body.end()
  for await (const chunk of tap) chunk.fill(0)
  tap.cancel()
  expect(told).toEqual(['a', 'b', 'end'])
  expect(await tap.closed).toBeUndefined()
})

test('what ends it early: an error, or the reader', async () => {
  const lost = tapped()
  lost.body.push(Buffer.from('a'))
  const reading = (async () => {
    for await (const chunk of lost.tap) void chunk
  })()
  lost.body.fail(netError('NET_CONN_RESET', { message: 'reset' }))
  await expect(reading).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  expect(lost.told.at(-1)).toBe('NET_CONN_RESET')
  const left = tapped()
  left.body.push(Buffer.from('a'))
  for await (const chunk of left.tap) {
    expect(chunk.length).toBe(1)
    break
  }
  expect(left.told).toEqual(['a', 'end'])
})
