import { optionsDoor } from '@net/core/authoring'
import {
  loginConnectTable,
  sessionConnectTable,
  type LoginConnectOptions,
  type SessionConnectOptions,
} from '@net/socket/authoring'
import { expect, test } from 'vitest'

const door = optionsDoor<SessionConnectOptions>(
  { protocol: 'test', call: 'connect' },
  sessionConnectTable,
)

test('takes the options of every connect, and names those that do not exist', () => {
  const signal = new AbortController().signal
  const given = { user: 'ada', password: 'x', security: 'off', proxy: false, signal } as const
  expect(door(given)).toEqual(given)
  expect(() => door({ security: 'maybe' } as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringMatching(/security.*'required'.*'opportunistic'/),
    }),
  )
  expect(() => door({ username: 'ada' } as never)).toThrow(/user/)
})

test('where nothing begins in clear there is no security to choose', () => {
  const login = optionsDoor<LoginConnectOptions>({ protocol: 'test' }, loginConnectTable)
  expect(login({ user: 'ada', defaults: { retry: false } })).toMatchObject({ user: 'ada' })
  expect(() => login({ security: 'off' } as never)).toThrow(/security/)
})
