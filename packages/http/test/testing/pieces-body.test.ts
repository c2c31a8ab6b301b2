import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { PiecesBody } from '../../src/testing/pieces-body.ts'

const pieces = [Buffer.from('a'), Buffer.from('bc')]

test('the pieces as they are, once', async () => {
  const body = new PiecesBody(pieces, undefined)
  expect(await Array.fromAsync(body)).toEqual(pieces)
  expect(await body.closed).toBeUndefined()
  expect(() => body[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: 'NET_BODY_CONSUMED' }) as Error,
  )
})

test('the error behind them, and a body that nobody wants', async () => {
  const error = netError('NET_CONN_RESET', { message: 'reset' })
  const body = new PiecesBody(pieces, error)
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const piece of body) seen.push(piece)
  })()
  await expect(reading).rejects.toBe(error)
  expect(seen).toEqual(pieces)
  expect(await body.closed).toBe(error)
  const left = new PiecesBody(pieces, error)
  left.cancel()
  expect(await left.closed).toBeUndefined()
})
