import { expect, test } from 'vitest'

import { mailerOptions, sendAllOptions } from '../src/mailer-options.ts'

test('takes the options of a connection and those of the pool', () => {
  const options = { user: 'a', password: 'b', pool: { connections: 3, rate: { limit: 2 } } }
  expect(mailerOptions(options)).toMatchObject(options)
  expect(mailerOptions(undefined)).toEqual({})
  expect(sendAllOptions({ retry: false })).toEqual({ retry: false })
})

test('says what is meant by names of others', () => {
  expect(() => mailerOptions({ maxConnections: 3 } as never)).toThrow(/pool\.connections/)
  expect(() => mailerOptions({ pool: { rate: -1 } })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
