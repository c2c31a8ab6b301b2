import { expect, test } from 'vitest'

import { LoginDesk } from '../../src/testing/login-desk.ts'

const key = Buffer.from('AAAA', 'base64')
const keys = ['ssh-ed25519 AAAA ada@home']

test('a password, a key, or nothing at all', async () => {
  const desk = new LoginDesk({ ada: { password: 'a' }, bob: { keys }, eve: { open: true } })
  expect(await desk.decide({ user: 'ada', method: 'password', password: 'a' })).toEqual({
    accepted: true,
  })
  expect(await desk.decide({ user: 'bob', method: 'publickey', key })).toEqual({ accepted: true })
  expect(await desk.decide({ user: 'eve', method: 'none' })).toEqual({ accepted: true })
  expect(await desk.decide({ user: 'ada', method: 'none' })).toEqual({
    accepted: false,
    methods: ['password'],
  })
  expect(await desk.decide({ user: 'who', method: 'none' })).toEqual({
    accepted: false,
    methods: ['publickey', 'password'],
  })
})

test('steps are taken in their order, with a key that was proved and not used before', async () => {
  const steps = ['password', 'publickey', 'publickey'] as const
  const desk = new LoginDesk({ ada: { password: 'a', keys, steps } })
  const byKey = { user: 'ada', method: 'publickey', key }
  expect(await desk.decide(byKey)).toEqual({ accepted: false, methods: ['password'] })
  const next = { accepted: false, methods: ['publickey'], partial: true }
  expect(await desk.decide({ user: 'ada', method: 'password', password: 'a' })).toEqual(next)
  expect(await desk.decide(byKey)).toEqual({ accepted: true })
  expect(await desk.decide({ ...byKey, signed: true })).toEqual(next)
  expect(await desk.decide({ ...byKey, signed: true })).toEqual({
    accepted: false,
    methods: ['publickey'],
  })
})
