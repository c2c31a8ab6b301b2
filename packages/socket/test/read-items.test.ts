import { limitsFor } from '@net/core/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { ReadItems } from '../src/read-items.ts'
import { ReadSide } from '../src/read-side.ts'
import { itemOf, lineOf } from '../src/reads.ts'
import { failure } from './support.ts'

test('a loop ends with the peer, and takes what another read has left', async () => {
  const { items, reads, theirs } = looping()
  await theirs.write([Buffer.from('one\ntwo\nthree')])
  expect(await items.next()).toEqual({ done: false, value: 'one' })
  expect(await reads.run('readLine', lineOf(9, 'utf8'), undefined)).toBe('two')
  const broken = failure(items.next())
  await theirs.end()
  expect(await broken).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', operation: 'readLine' })
  reads.unread(Buffer.from('3\n'))
  expect(await items.next()).toEqual({ done: false, value: '3' })
})

test('a loop that is left in the middle of a read takes nothing any more', async () => {
  const { items, reads, theirs } = looping()
  const waiting = items.next()
  expect(await items.return()).toEqual({ done: true, value: undefined })
  expect(await waiting).toEqual({ done: true, value: undefined })
  await theirs.write([Buffer.from('mine\n')])
  expect(await items.next()).toEqual({ done: true, value: undefined })
  expect(await reads.run('readLine', lineOf(9, 'utf8'), undefined)).toBe('mine')
})

test('a loop that is left ends no read of others', async () => {
  const { items, reads, theirs } = looping()
  const waiting = reads.run('readLine', lineOf(9, 'utf8'), undefined)
  await items.return()
  await theirs.write([Buffer.from('theirs\n')])
  expect(await waiting).toBe('theirs')
})

function looping() {
  const [ours, theirs] = memoryPair()
  const context = { protocol: 'memory', target: 'a.example:1', endpoint: 'a.example:1' }
  const reads = new ReadSide(ours, {
    limits: limitsFor('session', undefined),
    context,
    lost: () => {},
  })
  const items = new ReadItems(reads, {
    operation: 'readLine',
    options: undefined,
    anyByte: true,
    rule: () => itemOf(lineOf(9, 'utf8')),
  })
  return { items, reads, theirs }
}
