import { Readable } from 'node:stream'

import { inCall, netError, option, optionsDoor, optionsObject } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

interface Connect {
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly tls?: Tls | undefined
  readonly retry?: false | number | undefined
}

interface Tls {
  readonly ca?: string | readonly string[] | undefined
  readonly dangerouslySkipVerification?: boolean | undefined
}

const tls = optionsObject<Tls>({
  ca: option.oneOrMore(option.text),
  dangerouslySkipVerification: option.flag,
})
const door = optionsDoor<Connect>(
  { protocol: 'ftp', call: 'connect' },
  {
    user: option.text,
    port: option.between(1, 65_535),
    tls,
    retry: option.either<false | number>([option.oneOf(false), option.count]),
  },
  { remotePort: 'port' },
)

function messageOf(options: unknown): string {
  try {
    door(options as Connect)
  } catch (error) {
    return (error as Error).message
  }
  return 'it passed'
}

test('a stream among options that are refused belongs to the call: how it fails later ends nothing', () => {
  const stream = new Readable({ read() {} })
  expect(messageOf({ user: 'ada', colour: 'red', input: stream })).toContain('colour')
  expect(stream.listenerCount('error')).toBe(1)
})

describe('the door', () => {
  test('[H-CORE-02] lets own defined properties through, and nothing that is inherited', () => {
    const given = Object.assign(Object.create({ user: 'eve' }) as Connect, {
      port: 21,
      tls: undefined,
    })
    const taken = door(given)
    expect(Object.keys(taken)).toEqual(['port'])
    expect(taken.user).toBeUndefined()
    expect('toString' in taken).toBe(false)
    expect(Object.isFrozen(taken)).toBe(true)
  })

  test('[H-CORE-02] what a polluted Object.prototype says is no option', () => {
    Reflect.set(Object.prototype, 'user', 'eve')
    try {
      expect(door({ port: 21 }).user).toBeUndefined()
      expect(door(undefined).user).toBeUndefined()
    } finally {
      Reflect.deleteProperty(Object.prototype, 'user')
    }
  })

  test('[H-CORE-02] names by which JSON could reach a prototype are ignored', () => {
    const hostile = JSON.parse('{"__proto__":{"user":"eve"},"constructor":1,"port":21}') as Connect
    expect({ ...door(hostile) }).toEqual({ port: 21 })
  })

  test('gives an object that passed it once back as it is', () => {
    const taken = door({ port: 21 })
    expect(door(taken)).toBe(taken)
    expect(door(undefined)).toBe(door(undefined))
  })

  test('takes nested options and lists as frozen copies', () => {
    const ca = ['a']
    const taken = door({ tls: { ca, dangerouslySkipVerification: undefined } })
    ca.push('b')
    expect(taken.tls?.ca).toEqual(['a'])
    expect(Object.keys(taken.tls ?? {})).toEqual(['ca'])
    expect([taken.tls, taken.tls?.ca].map((each) => Object.isFrozen(each))).toEqual([true, true])
  })

  test.each([
    [{ username: 'ada' }, 'ftp connect: the options have no username; use user'],
    [{ USER: 'ada' }, 'ftp connect: the options have no USER; did you mean user?'],
    [{ usr: 'ada' }, 'ftp connect: the options have no usr; did you mean user?'],
    [{ remotePort: 21 }, 'ftp connect: the options have no remotePort; use port'],
    [
      { frobnicate: 1 },
      'ftp connect: the options have no frobnicate; the options are user, port, tls, retry',
    ],
    [
      { rejectUnauthorized: false },
      'ftp connect: the options have no rejectUnauthorized; use tls: { dangerouslySkipVerification: true }',
    ],
    [
      { tls: { rejectUnauthorized: false } },
      'ftp connect: tls has no rejectUnauthorized; use dangerouslySkipVerification',
    ],
    [{ tls: true }, 'ftp connect: tls must be an object of options, not a boolean'],
    [{ tls: { ca: ['a', 1] } }, 'ftp connect: tls.ca[1] must be a string, not a number'],
    [{ user: null }, 'ftp connect: user must be a string, not null'],
    [{ user: ['ada'] }, 'ftp connect: user must be a string, not an array'],
    [{ port: 0 }, 'ftp connect: port must be a whole number from 1 to 65535'],
    [{ retry: true }, 'ftp connect: retry must be false or a whole number above 0, not a boolean'],
    ['ftp', 'ftp connect: the argument must be an object of options, not a string'],
    [null, 'ftp connect: the argument must be an object of options, not null'],
    [[], 'ftp connect: the argument must be an object of options, not an array'],
  ])('refuses %j and says what was meant', (options, message) => {
    expect(messageOf(options)).toBe(message)
  })

  test.each([
    [new AbortController().signal, 'not an AbortSignal; write { signal }'],
    [new AbortController(), 'not an AbortController; write { signal: controller.signal }'],
  ])('a signal in the place of the options is refused, not forgotten', (given, message) => {
    expect(messageOf(given)).toBe(
      `ftp connect: the argument must be an object of options, ${message}`,
    )
    expect(messageOf({ tls: given })).toBe(
      `ftp connect: tls must be an object of options, ${message}`,
    )
  })

  test('the stack of a refusal begins at the line that called', () => {
    const theCaller = (): unknown => door({ usr: 'ada' } as never)
    let error: unknown
    try {
      theCaller()
    } catch (thrown) {
      error = thrown
    }
    expect((error as Error).stack?.split('\n')[1]).toContain('theCaller')
  })

  test('never tells the value, which may be a password', () => {
    expect(messageOf({ user: 12_345_678 })).not.toContain('12345678')
  })

  test('says what is missing', () => {
    const needy = optionsDoor<{ readonly name: string }>(
      { protocol: 'x', call: 'y' },
      { name: option.required(option.text) },
    )
    const missing = expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: 'x y: name is missing; it must be a string',
    }) as Error
    expect(() => needy(undefined)).toThrow(missing)
    expect(() => needy({} as never)).toThrow(missing)
    expect(() => needy({ name: undefined } as never)).toThrow(missing)
    expect(needy({ name: 'ada' }).name).toBe('ada')
  })
})

describe('what is wrong before an operation begins', () => {
  test('says in which call of which protocol', () => {
    const wrong = (): never => {
      throw netError('NET_BAD_OPTION', { message: 'a login needs a password' })
    }
    const place = { protocol: 'smtp', call: 'connect', target: 'mail.test:25' }
    expect(() => inCall(place, wrong)).toThrow(
      'smtp connect mail.test:25: a login needs a password',
    )
  })

  test('passes errors of others, and results', () => {
    const fault = new TypeError('mine')
    expect(() =>
      inCall({ protocol: 'smtp' }, () => {
        throw fault
      }),
    ).toThrow(fault)
    expect(inCall({ protocol: 'smtp' }, () => 7)).toBe(7)
  })
})
