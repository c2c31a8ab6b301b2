import { formatAddress, parseAddress } from '@net/smtp'
import { expect, test } from 'vitest'

import { isInternational, parseAddresses } from '../src/address.ts'

test('[SMTP-40] reads a mailbox in every allowed form', () => {
  expect(parseAddress('ada@example.com')).toEqual({ address: 'ada@example.com' })
  expect(parseAddress(' Ada Lovelace <ada@example.com> ')).toEqual({
    name: 'Ada Lovelace',
    address: 'ada@example.com',
  })
  expect(parseAddress(String.raw`"Love\"lace, Ada" <ada@example.com>`)).toEqual({
    name: 'Love"lace, Ada',
    address: 'ada@example.com',
  })
  expect(parseAddress({ name: 'Ada <x>', address: 'a.d+a@localhost' })).toEqual({
    name: 'Ada <x>',
    address: 'a.d+a@localhost',
  })
  expect(parseAddress('root@[127.0.0.1]').address).toBe('root@[127.0.0.1]')
  expect(parseAddress('root@[IPv6:::1]').address).toBe('root@[IPv6:::1]')
})

test('[SMTP-40] writes a mailbox so that it can be read again', () => {
  for (const name of [
    '',
    'Ada',
    'Lovelace, Ada',
    'Ada "Countess" L.',
    String.raw`back\slash`,
    ' Ada ',
    'Jürgen',
  ]) {
    const parts =
      name === '' ? { address: 'ada@example.com' } : { name, address: 'ada@example.com' }
    expect(parseAddress(formatAddress(parts))).toEqual(parts)
  }
  expect(formatAddress({ name: 'Lovelace, Ada', address: 'a@b.example' })).toBe(
    '"Lovelace, Ada" <a@b.example>',
  )
})

test('brings the domain into its ASCII form and leaves the rest', () => {
  expect(parseAddress('jürgen@Bücher.example').address).toBe('jürgen@xn--bcher-kva.example')
})

test('[H-SMTP-11] refuses what could be read in two ways', () => {
  const odd = [
    '',
    'ada',
    '@example.com',
    'ada@',
    '"a@b"@c.example',
    'a@b <c@d.example>',
    'a@b@c.example',
    'ada@example.com, bob@example.com',
    'ada@example.com (comment)',
    'friends: ada@example.com;',
    '<<ada@example.com>>',
    '<ada@example.com> bob@example.com>',
    'ada@exa mple.com',
    'ada@example.com:25',
    'ada@0x7f.1',
    'ada@127.0.0.1',
    'ada@[300.0.0.1]',
    'a..b@example.com',
    '.a@example.com',
    'ada@-example.com',
    'ada@example..com',
    `${'a'.repeat(65)}@example.com`,
    'ada@%65xample.com',
  ]
  for (const address of odd) {
    expect(() => parseAddress(address)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
    )
  }
})

test('[H-SMTP-11] is done with a long one at once', () => {
  for (const character of ['<', ',', '(', '"', '@', '\\', 'a.', 'ä']) {
    const started = performance.now()
    expect(() => parseAddress(character.repeat(200_000))).toThrow(
      expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
    )
    expect(() => parseAddress({ address: character.repeat(200_000) })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
    )
    expect(performance.now() - started).toBeLessThan(1000)
  }
})

test('[H-SMTP-10] [SMTP-46] refuses control characters and never quotes the value', () => {
  for (const evil of ['\r\nRCPT TO:<eve@x>', '\0', '\n', '\u0085', '\u007F']) {
    for (const address of [
      `ada${evil}@example.com`,
      `Ada${evil} <ada@example.com>`,
      { name: evil, address: 'a@b.example' },
    ]) {
      expect(() => parseAddress(address, 'to')).toThrow(
        expect.objectContaining({
          code: 'NET_INJECTION',
          message: 'to contains a control character',
        }),
      )
    }
  }
})

test('refuses what is no address at all, and inherited properties', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_ADDRESS' })
  expect(() => parseAddress(null as never)).toThrow(bad)
  expect(() => parseAddress({ address: 5 } as never)).toThrow(bad)
  expect(() => parseAddress(Object.create({ address: 'a@b.example' }) as never)).toThrow(bad)
})

test('reads one, several or none', () => {
  expect(parseAddresses(undefined, 'cc')).toEqual([])
  expect(parseAddresses('a@b.example', 'cc')).toHaveLength(1)
  expect(parseAddresses(['a@b.example', { address: 'c@d.example' }], 'cc')).toHaveLength(2)
})

test('knows which addresses need SMTPUTF8', () => {
  expect(isInternational('jürgen@x.example')).toBe(true)
  expect(isInternational('ada@x.example')).toBe(false)
})
