import { expect, test } from 'vitest'

import { connectDoor, doors } from '../src/call-doors.ts'

test('what is left out or undefined is not there', () => {
  expect(Object.keys(doors.download({ resume: undefined, timeout: 5 }))).toEqual(['timeout'])
  expect(Object.keys(connectDoor(undefined))).toEqual([])
})

test.each([
  [{ username: 'joe' }, /no username; use user/],
  [{ secure: true }, /no secure; use security/],
  [{ user: 5 }, /user must be a string/],
  [{ security: 'tls' }, /security must be 'required', 'implicit', 'opportunistic' or 'off'/],
  [{ encoding: 'cp1252' }, /encoding must be 'utf8' or 'latin1'/],
  [{ password: 5 }, /password must be/],
  [
    { tls: { rejectUnauthorized: false } },
    /no rejectUnauthorized; use dangerouslySkipVerification/,
  ],
  [{ dialer: 'socks5://127.0.0.1' }, /dialer must be/],
  [{ proxy: 5 }, /proxy must be/],
  [{ block: 'public' }, /block must be/],
  [{ dangerouslyAllowPlaintextAuth: 'yes' }, /must be true or false/],
])('connect refuses %o', (options: object, message) => {
  expect(() => connectDoor(options)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      protocol: 'ftp',
      operation: 'connect',
      message: expect.stringMatching(message),
    }),
  )
})

test('every verb refuses what it does not take, and says which verb it is', () => {
  for (const [operation, door] of Object.entries(doors)) {
    const options: object = { colour: 'red' }
    expect(() => door(options)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', protocol: 'ftp', operation }),
    )
  }
})
