import {
  formatEndpoint,
  isLoopback,
  NetError,
  parseEndpoint,
  type EndpointOptions,
} from '@net/core'
import { canary, expectNoCanary } from '@tools/canary'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

function failure(text: string, options?: EndpointOptions): NetError {
  try {
    parseEndpoint(text, options)
  } catch (error) {
    if (error instanceof NetError) return error
    throw error
  }
  throw new Error('the text was taken')
}

describe('parseEndpoint', () => {
  test('reads a URL with everything', () => {
    const parsed = parseEndpoint('FTP://us%40er:p%40ss@Example.COM:2121/in/a%20b')
    expect(parsed.endpoint).toEqual({ scheme: 'ftp', host: 'example.com', port: 2121 })
    expect(parsed.user).toBe('us@er')
    expect(parsed.password?.reveal()).toBe('p@ss')
    expect(parsed.path).toBe('/in/a b')
    expect(Object.isFrozen(parsed)).toBe(true)
    expect(Object.isFrozen(parsed.endpoint)).toBe(true)
  })

  test.each([
    ['tcp://127.0.0.1:80', { scheme: 'tcp', host: '127.0.0.1', port: 80 }],
    ['[::1]:22', { scheme: 'tcp', host: '::1', port: 22 }],
    ['host:0', { scheme: 'tcp', host: 'host', port: 0 }],
    ['tls://[2001:DB8:0::1]:443', { scheme: 'tls', host: '2001:db8::1', port: 443 }],
    ['ssh://[fe80::1%25eth0]:22', { scheme: 'ssh', host: 'fe80::1%eth0', port: 22 }],
    ['[fe80::1%eth0]:22', { scheme: 'tcp', host: 'fe80::1%eth0', port: 22 }],
    ['tcp://bücher.example:1', { scheme: 'tcp', host: 'xn--bcher-kva.example', port: 1 }],
    ['tcp://0x7f.1:1', { scheme: 'tcp', host: '127.0.0.1', port: 1 }],
    ['unix:/run/app.sock', { scheme: 'unix', host: '', port: 0, path: '/run/app.sock' }],
    ['unix:///run/app.sock', { scheme: 'unix', host: '', port: 0, path: '/run/app.sock' }],
    ['unix:@name', { scheme: 'unix', host: '', port: 0, path: '@name' }],
  ])('reads %s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual({ endpoint })
  })

  test('reads a URL object, and a port from the scheme', () => {
    const options = { schemes: ['ftp', 'ftps'], defaultPort: { ftp: 21, ftps: 990 } }
    expect(parseEndpoint(new URL('ftps://a'), options).endpoint.port).toBe(990)
    expect(parseEndpoint('a', options).endpoint).toEqual({ scheme: 'ftp', host: 'a', port: 21 })
    expect(parseEndpoint('user@a', { defaultPort: 22 })).toMatchObject({
      user: 'user',
      endpoint: { port: 22 },
    })
  })

  test.each([
    '',
    'host',
    'host:',
    ':80',
    'host:65536',
    'host:1e3',
    'host:-1',
    'a b:1',
    '::1:22',
    '[::1]',
    '[host]:1',
    '[::1%]:1',
    '[1.2.3.4]:1',
    'tcp://a:1?x',
    'tcp://a:1#x',
    'tcp://a\\b:1',
    'tcp://a%ff:1',
    'unix:',
    'unix:@',
    'unix://host/path',
    'tcp://256.1.1.1:1',
  ])('refuses %j', (text) => {
    expect(failure(text)).toMatchObject({
      name: 'ArgumentError',
      code: 'NET_BAD_URL',
      retry: 'never',
    })
  })

  test('refuses a scheme that is not allowed', () => {
    expect(failure('gopher://a:1', { schemes: ['ftp', 'ftps'] }).message).toContain('ftp or ftps')
  })

  test.each(['ftp:/a.example', 'ftp//a.example', 'FTP:/user:word@a.example/in', 'ftps://'])(
    'takes no scheme for the host: %j',
    (text) => {
      const options = { schemes: ['ftp', 'ftps'], defaultPort: 21 }
      expect(failure(text, options).code).toBe('NET_BAD_URL')
      expect(parseEndpoint('ftp/in', options)).toMatchObject({
        endpoint: { host: 'ftp' },
        path: '/in',
      })
    },
  )

  test.each(['ftp', 'http'])(
    'where the URL standard ends the host of %s at a backslash, no other host is taken',
    (scheme) => {
      const text = `${scheme}://a.example\\@b.example:21`
      expect(new URL(text).hostname).toBe('a.example')
      expect(failure(text).message).toContain('%5C')
      expect(parseEndpoint(`${scheme}://corp%5Cann@b.example:21`).user).toBe('corp\\ann')
    },
  )

  test.each([
    'tcp://a\r\n:1',
    'tcp://a:1/\0',
    'tcp://us%0Aer@a:1',
    'tcp://user:p%00w@a:1',
    'tcp://a:1/x%0d%0aDELE',
    'unix:/a%0ab',
  ])('[H-CORE-01] refuses control characters, also encoded ones: %j', (text) => {
    expect(failure(text)).toMatchObject({ name: 'ArgumentError', code: 'NET_INJECTION' })
  })

  test('[H-CORE-01] names the field but not the value', () => {
    const error = failure('tcp://user:hunter%0d2@a:1')
    expect(error.message).toContain('the password')
    expect(error.message).not.toContain('hunter')
  })

  test('[H-CORE-02] reads own options only', () => {
    const options = Object.create({ defaultPort: 1, schemes: ['x'] }) as EndpointOptions
    expect(failure('tcp://a', options).message).toContain('the port is missing')
    const polluted = {
      defaultPort: JSON.parse('{"__proto__":{"tcp":1}}') as Record<string, number>,
    }
    expect(failure('tcp://a', polluted).message).toContain('the port is missing')
  })

  test('[H-CORE-19] no error contains a word of the userinfo, and the password prints nowhere', () => {
    const password = canary('url-password')
    for (const rest of ['a:x', 'a', 'a:1?', 'a%00:1', '[', ':1', 'a:99999']) {
      expectNoCanary(failure(`tcp://user:${password}@${rest}`))
    }
    // Not encoded as it should be, so that a part of it stands where host and port belong.
    expectNoCanary(failure(`tcp://user:${password}/x@a:1`))
    expectNoCanary(parseEndpoint(`tcp://user:${password}@a:1/`))
  })

  test('gives an endpoint or an ArgumentError for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `tcp://${text}`),
        ),
        (text) => {
          try {
            const { endpoint } = parseEndpoint(text, { defaultPort: 1 })
            if (endpoint.path !== undefined) return
            expect(
              parseEndpoint(`${endpoint.scheme}://${formatEndpoint(endpoint)}`).endpoint,
            ).toEqual(endpoint)
          } catch (error) {
            expect(error).toMatchObject({ name: 'ArgumentError' })
          }
        },
      ),
    )
  })
})

test.each([
  ['a:1', 'a:1'],
  ['[::1]:22', '[::1]:22'],
  ['unix:@name', '@name'],
])('formatEndpoint writes %s as %s', (text, written) => {
  expect(formatEndpoint(parseEndpoint(text).endpoint)).toBe(written)
})

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  '127.0.0.1',
  '127.255.0.9',
  '::1',
  '[::1]',
  '0:0::1',
  '::ffff:127.0.0.1',
  '127.1',
])('isLoopback takes %s', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each([
  '',
  'localhost.example',
  '128.0.0.1',
  '0.0.0.0',
  '::',
  '::2',
  '::ffff:10.0.0.1',
  '127.0.0.1.example',
  'a b',
  'x@127.0.0.1',
])('isLoopback refuses %j', (host) => {
  expect(isLoopback(host)).toBe(false)
})

test('a percent sign that encodes nothing stands for itself, in user, password and path', () => {
  const { user, password, path } = parseEndpoint('ftp://5%:50%off%21@a:21/100%/a%20b%')
  expect([user, password?.reveal(), path]).toEqual(['5%', '50%off!', '/100%/a b%'])
  expect(parseEndpoint('unix:/run/50%.sock').endpoint.path).toBe('/run/50%.sock')
})

test('what is no endpoint and no host is refused', () => {
  const endpoint = 'localhost:80' as unknown as Parameters<typeof formatEndpoint>[0]
  expect(() => formatEndpoint(endpoint)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: 'the endpoint must be an object with host and port, or with path, not a string',
    }),
  )
  expect(() => isLoopback(127 as unknown as string)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: 'host must be a string, not a number',
    }),
  )
})

test.each<[unknown, unknown, string]>([
  [undefined, {}, 'the URL must be a string or a URL, not undefined'],
  [5, {}, 'the URL must be a string or a URL, not a number'],
  ['a:1', { scheme: 'tcp' }, 'parseEndpoint: the options have no scheme; did you mean schemes?'],
  [
    'a:1',
    { defaultPort: '80' },
    'parseEndpoint: defaultPort must be a whole number from 0 to 65535',
  ],
])(
  'a value that is not a URL, and options that do not exist, are refused (%#)',
  (text, options, message) => {
    expect(() => parseEndpoint(text as string, options as object)).toThrow(
      expect.objectContaining({
        code: 'NET_BAD_OPTION',
        message: expect.stringContaining(message) as string,
      }),
    )
  },
)
