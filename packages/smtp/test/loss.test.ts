import { netError } from '@net/core/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { lossOf, readFrom, writeTo } from '../src/loss.ts'

test('a loss forgets where the transport saw it', async () => {
  const [ours, peer] = memoryPair()
  const reading = readFrom(ours)
  peer.abort()
  await expect(reading).rejects.toMatchObject({
    code: 'NET_CONN_RESET',
    message: 'the connection was reset',
  })
  await expect(writeTo(ours, [Buffer.from('x')])).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('what is no loss passes', () => {
  const aborted = netError('NET_ABORTED', { message: 'x' })
  expect(lossOf(aborted)).toBe(aborted)
  expect(lossOf('x')).toBe('x')
  const lost = netError('NET_CONN_CLOSED', { message: 'x', protocol: 'tcp', operation: 'read' })
  expect(lossOf(lost)).toMatchObject({ code: 'NET_CONN_CLOSED', cause: lost })
  expect(lossOf(lost)).not.toHaveProperty('operation')
})

test('bytes pass', async () => {
  const [ours, peer] = memoryPair()
  await writeTo(ours, [Buffer.from('x')])
  expect(Buffer.from((await readFrom(peer)) ?? []).toString()).toBe('x')
})

test('an end without the close_notify of TLS is an end: replies end by themselves', async () => {
  const [ours] = memoryPair()
  const cut = netError('NET_PROTO_INCOMPLETE', { message: 'no close_notify', protocol: 'tls' })
  expect(await readFrom({ ...ours, read: () => Promise.reject(cut) })).toBe(null)
})
