import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('prints the addresses of names', async () => {
  expect(await net(['resolve', '127.0.0.1'])).toMatchObject({ code: 0, out: '127.0.0.1\n' })
  const { events } = await net(['resolve', '--json', '127.0.0.1', '::1'])
  expect(events).toEqual([
    { type: 'address', name: '127.0.0.1', address: '127.0.0.1', use: 'loopback' },
    { type: 'address', name: '::1', address: '::1', use: 'loopback' },
  ])
  const { code, err } = await net(['resolve', '127.0.0.1', '--', '-bad-'])
  expect(code).toBe(1)
  expect(err).toMatch(/^net resolve -bad-: /)
})
