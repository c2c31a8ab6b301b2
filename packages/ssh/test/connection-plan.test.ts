import { expect, test } from 'vitest'

import { planConnection } from '../src/connection-plan.ts'

test('user and password of the options go before those of the URL', () => {
  const { login, host } = planConnection('ssh://eve:x@db.example.com.:2222', { user: 'ada' })
  expect(login).toMatchObject({ user: 'ada', endpoint: 'db.example.com.:2222' })
  // A dot at the end is none of the name in known_hosts.
  expect(host).toEqual({ name: '[db.example.com]:2222', plainName: 'db.example.com' })
  const alias = planConnection('ssh://ada@db', { hostKeyAlias: 'build-box' })
  expect(alias.host).toEqual({ name: 'build-box' })
})

test('an SSH URL has no path', () => {
  expect(() => planConnection('ssh://ada@db/home', {})).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
})
