import { formatAddress, parseAddress } from '@net/smtp'
import { describe, expect, test } from 'vitest'

import { isInternational, readMailboxes } from '../src/address.ts'

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
    `${'a'.repeat(900)}@example.com`,
    '"a b@example.com',
    '""@example.com',
    'a"b"@example.com',
    String.raw`"a\<b"@example.com`,
    'ada@%65xample.com',
  ]
  for (const address of odd) {
    expect(() => parseAddress(address)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
    )
  }
})

test('[H-SMTP-11] refuses an address by its length before it is read', () => {
  for (const character of ['<', ',', '(', '"', '@', '\\', 'a.', 'ä']) {
    for (const address of [character.repeat(2000), { address: character.repeat(2000) }]) {
      expect(() => parseAddress(address)).toThrow(
        expect.objectContaining({
          code: 'NET_BAD_ADDRESS',
          message: expect.stringContaining('is too long'),
        }),
      )
    }
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

test('refuses a value that is not an address at all, and inherited properties', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_ADDRESS' })
  expect(() => parseAddress(null as never)).toThrow(bad)
  expect(() => parseAddress({ address: 5 } as never)).toThrow(bad)
  expect(() => parseAddress(Object.create({ address: 'a@b.example' }) as never)).toThrow(bad)
})

test('takes addresses of any length that fits into a line', () => {
  const verp = `reply+${'2b6c0c3fb5835b76'.repeat(5)}@mg1.example.com`
  expect(parseAddress(verp).address).toBe(verp)
  const long = `${'a'.repeat(800)}@${'b'.repeat(63)}.example`
  expect(parseAddress(`Ada <${long}>`).address).toBe(long)
})

test('a part before the @ may be in quotes, and keeps them', () => {
  for (const address of [
    '"ada lovelace"@example.com',
    '"a..b"@example.com',
    '"a,b;c"@example.com',
    '".a."@example.com',
    String.raw`"a\"b"@example.com`,
  ]) {
    expect(parseAddress(address)).toEqual({ address })
    expect(parseAddress(`Ada <${address}>`)).toEqual({ name: 'Ada', address })
    expect(parseAddress(formatAddress({ name: 'Ada, L.', address })).address).toBe(address)
  }
})

test('domains in every spelling that has an ASCII form', () => {
  const spellings = {
    'BÜCHER.example': 'xn--bcher-kva.example',
    'bu\u0308cher.example': 'xn--bcher-kva.example',
    'bücher。example': 'xn--bcher-kva.example',
    'ＥＸＡＭＰＬＥ.com': 'example.com',
    'col·laboració.cat': 'xn--collaboraci-7sa20f.cat',
    'نامه\u200cای.com': 'xn--mgba3gch31f060k.com',
    '例え.テスト': 'xn--r8jz45g.xn--zckzah',
    '☕.example': 'xn--53h.example',
  }
  for (const [domain, ascii] of Object.entries(spellings)) {
    const { address } = parseAddress(`ada@${domain}`)
    expect(address).toBe(`ada@${ascii}`)
  }
})

describe('reads the addresses of a field', () => {
  function read(addresses: Parameters<typeof readMailboxes>[0]): readonly string[] {
    return readMailboxes(addresses, 'cc').map(({ parts }) => formatAddress(parts))
  }

  test('none, one, or a list of them', () => {
    expect(read(undefined)).toEqual([])
    expect(read([])).toEqual([])
    expect(read('a@b.example')).toEqual(['a@b.example'])
    expect(read({ address: 'a@b.example' })).toEqual(['a@b.example'])
    expect(read(['a@b.example', { address: 'c@d.example' }])).toEqual([
      'a@b.example',
      'c@d.example',
    ])
  })

  test('several in one text, with names', () => {
    expect(read('a@x.org, b@x.org')).toEqual(['a@x.org', 'b@x.org'])
    expect(read('a@x.org;b@x.org;')).toEqual(['a@x.org', 'b@x.org'])
    expect(read(' a@x.org ,, b@x.org , ')).toEqual(['a@x.org', 'b@x.org'])
    expect(read('"Lovelace, Ada" <a@x.org>, Bob <b@x.org>')).toEqual([
      '"Lovelace, Ada" <a@x.org>',
      'Bob <b@x.org>',
    ])
    expect(read('"a,b"@x.org, c@x.org')).toEqual(['"a,b"@x.org', 'c@x.org'])
  })

  test('and says which one is not right, and why', () => {
    const cases = [
      ['a@x.org, b', /^cc: "b" must be local@domain/],
      ['a@x.org, b@x y.org', /^cc: "b@x y\.org" has a domain/],
      ['Lovelace, Ada <a@x.org>', /^cc: "Lovelace" .* a name with a comma belongs in quotes/],
      ['friends: a@x.org, b@x.org;', /^cc: "friends: a@x\.org" is a group/],
      ['undisclosed-recipients:;', /is a group/],
      ['a@x.org (Ada)', /has a comment/],
      ['a@x.org b@x.org', /has several addresses without a comma between them/],
      ['(Ada) a@x.org', /has a comment/],
      ['a..b@x.org', /^cc: "a\.\.b@x\.org" has a dot too many .* quotes/],
      ['@x.org', /has nothing before the @/],
      [['a@x.org', 'b@x.org, c@x.org'], /^cc\[1\]: .* has several addresses where one belongs/],
      [['a@x.org', 'b'], /^cc\[1\]: "b" must be/],
    ] as const
    for (const [addresses, message] of cases) {
      expect(() => readMailboxes(addresses, 'cc')).toThrow(
        expect.objectContaining({
          code: 'NET_BAD_ADDRESS',
          message: expect.stringMatching(message),
        }),
      )
    }
  })

  test('and keeps each as it was given', () => {
    const given = readMailboxes('Bob <Bob@EXAMPLE.com>, bob@exämple.com', 'cc')
    expect(given.map((mailbox) => [mailbox.given, mailbox.parts.address])).toEqual([
      ['Bob@EXAMPLE.com', 'Bob@example.com'],
      ['bob@exämple.com', 'bob@xn--exmple-cua.com'],
    ])
  })

  test('refuses anything else', () => {
    for (const wrong of [null, 5, true, [null], [undefined], [['a@b.example']], [5]]) {
      expect(() => readMailboxes(wrong as never, 'cc')).toThrow(
        expect.objectContaining({ code: 'NET_BAD_OPTION' }),
      )
    }
  })

  test('of a long text at once', () => {
    const started = performance.now()
    const text = Array.from({ length: 20_000 }, (_, n) => `a${n}@b.example`).join(', ')
    expect(readMailboxes(text, 'cc')).toHaveLength(20_000)
    for (const character of ['<', ',', '(', '"', '@', '\\', 'a.', 'ä']) {
      const strange = character.repeat(200_000)
      if (character !== ',') expect(() => readMailboxes(strange, 'cc')).toThrow('cc')
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test('knows which addresses need SMTPUTF8', () => {
  expect(isInternational('jürgen@x.example')).toBe(true)
  expect(isInternational('ada@x.example')).toBe(false)
})

test('formatAddress refuses what is no mailbox in parts', () => {
  const refusal = (parts: unknown): (() => void) => {
    return () => formatAddress(parts as { address: string })
  }
  expect(refusal('ada@b.example')).toThrow(/parts must be \{ name, address \}, not a string/)
  expect(refusal({ name: 'Ada' })).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  expect(refusal({ name: 'a\r\nb', address: 'a@b.example' })).toThrow(
    expect.objectContaining({ code: 'NET_INJECTION' }),
  )
})
