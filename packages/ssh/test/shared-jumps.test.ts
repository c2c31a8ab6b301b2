import { expect, test } from 'vitest'

import { connect, pinned } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { SharedJumps } from '../src/shared-jumps.ts'
import { failureOf } from './embedded.ts'

test('one that is lost is opened anew, for the next that goes through it', async () => {
  await using bastion = await startSshServer()
  await using target = await startSshServer()
  let opened = 0
  await using jumps = new SharedJumps((url, options) => {
    opened += 1
    return connect(url, options)
  })
  const hostKeys = pinned(bastion.hostKey.fingerprint)
  const dialer = jumps.dialer({ url: bastion.url, user: 'ada', password: 'lovelace', hostKeys }, {})
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: target.address.port }
  const [first, second] = await Promise.all([dialer.dial(endpoint), dialer.dial(endpoint)])
  expect(opened).toBe(1)
  bastion.fail({ on: 'open', do: 'reset' })
  const third = await dialer.dial(endpoint)
  expect(opened).toBe(2)
  for (const transport of [first, second, third]) transport.abort()
})

test('one that cannot be opened is tried again by the next, and names that are written the same are one', async () => {
  let opened = 0
  await using jumps = new SharedJumps(() => {
    opened += 1
    return Promise.reject(new Error('no'))
  })
  expect(jumps.dialer('a', {})).toBe(jumps.dialer(['a'], {}))
  expect(jumps.dialer('a', {})).not.toBe(jumps.dialer('b', {}))
  const endpoint = { scheme: 'tcp', host: 'x', port: 1 }
  const dialer = jumps.dialer('a', {})
  for (let round = 0; round < 2; round++) {
    expect((await failureOf(dialer.dial(endpoint))).message).toBe('no')
  }
  expect(opened).toBe(2)
})
