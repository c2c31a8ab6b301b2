import { describe, expect, test } from 'vitest'

import { HeaderWriter } from '../../src/mime/header-writer.ts'

const writer = new HeaderWriter()

/** The text of a header as a reader has it. */
function read(header: string): string {
  const value = header
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .replace(/^[^:]*: ?/, '')
    .trimEnd()
  return value
    .replaceAll('?= =?', '?==?')
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) =>
      Buffer.from(word, 'base64').toString(),
    )
}

describe('[SMTP-38] text', () => {
  const texts = [
    'plain words',
    'Grüße aus Zürich',
    '你好'.repeat(100),
    'many words '.repeat(40).trim(),
    'x'.repeat(1500),
    `word ${'y'.repeat(300)} word`,
    ' two  spaces ',
    'about =?UTF-8?Q?x?=',
    'emoji 👩‍👩‍👧 and more',
  ]
  for (const text of texts) {
    test(`arrives as it is: ${text.slice(0, 30)}`, () => {
      const header = writer.text('Subject', text)
      expect(header).toMatch(/^Subject: [\r\n -~]+\r\n$/)
      expect(Math.max(...header.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
      expect(read(header)).toBe(text)
    })
  }

  test('a tab is nothing but space, and nothing at all is no header', () => {
    expect(writer.text('Subject', 'a\tb')).toBe('Subject: a b\r\n')
    expect(writer.text('Subject', '')).toBe('')
  })

  test('stands beside its name, and is never folded away from it', () => {
    expect(writer.text('Subject', `${'w'.repeat(66)} x`)).toMatch(/^Subject: w+\r\n x\r\n$/)
    expect(writer.text('X-A-Rather-Long-Name-Of-A-Header', 'v'.repeat(60))).toMatch(
      /^X-[^:]+: =\?UTF-8/,
    )
  })
})

describe('headers with a form of their own', () => {
  test('keep long words whole, and encode only words beyond ASCII that are no address', () => {
    expect(writer.structured('List-Id', 'Grüße an alle <list.example.com>')).toBe(
      'List-Id: =?UTF-8?B?R3LDvMOfZQ==?= an alle <list.example.com>\r\n',
    )
    const url = `<https://x.example/${'t'.repeat(200)}>`
    expect(writer.structured('List-Unsubscribe', url)).toBe(`List-Unsubscribe: ${url}\r\n`)
    expect(writer.structured('References', `<1@x> <${'2'.repeat(80)}@x> <3@x>`)).toBe(
      `References: <1@x>\r\n <${'2'.repeat(80)}@x>\r\n <3@x>\r\n`,
    )
    const utf8 = Buffer.from(writer.structured('List-Help', '<mailto:jürgen@x.example>'), 'latin1')
    expect(utf8.toString()).toBe('List-Help: <mailto:jürgen@x.example>\r\n')
  })
})

describe('mailboxes', () => {
  test('have their names quoted or encoded as they need', () => {
    const header = writer.mailboxes('To', [
      { address: 'a@x.example' },
      { name: 'Ada Lovelace', address: 'b@x.example' },
      { name: 'Lovelace, Ada "A."', address: 'c@x.example' },
      { name: 'Jürgen', address: 'd@x.example' },
      { address: '"e f"@x.example' },
    ])
    expect(Math.max(...header.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
    expect(header.replaceAll('\r\n ', ' ')).toBe(
      'To: a@x.example, Ada Lovelace <b@x.example>, ' +
        String.raw`"Lovelace, Ada \"A.\"" <c@x.example>, =?UTF-8?B?SsO8cmdlbg==?=` +
        ' <d@x.example>, <"e f"@x.example>\r\n',
    )
    expect(writer.mailboxes('To', [])).toBe('')
  })

  test('stand in groups', () => {
    expect(
      writer.mailboxes('To', [
        { group: 'nobody', members: [] },
        { group: 'A, B', members: [{ address: 'a@x.example' }, { address: 'b@x.example' }] },
        { address: 'c@x.example' },
      ]),
    ).toBe('To: nobody:;, "A, B": a@x.example, b@x.example;, c@x.example\r\n')
  })
})

test('[SMTP-42] lines as long as they are wanted, and UTF-8 in place of encoded words', () => {
  const text = 'many words '.repeat(20).trim()
  const longest = (line: number): number =>
    Math.max(
      ...new HeaderWriter({ line })
        .text('Subject', text)
        .split('\r\n')
        .map((each) => each.length),
    )
  expect(longest(40)).toBeLessThanOrEqual(40)
  expect(longest(998)).toBe(`Subject: ${text}`.length)
  const utf8 = new HeaderWriter({ utf8: true })
  const decoded = (header: string): string => Buffer.from(header, 'latin1').toString()
  expect(decoded(utf8.text('Subject', 'Grüße'))).toBe('Subject: Grüße\r\n')
  expect(decoded(utf8.mailboxes('To', [{ name: 'Jürgen', address: 'j@x.example' }]))).toBe(
    'To: "Jürgen" <j@x.example>\r\n',
  )
})

test('[SMTP-42] no line has more than 998 bytes, whatever its letters and signs take', () => {
  const style = new HeaderWriter({ line: 998, utf8: true })
  const text = '你好 Привет '.repeat(60).trim()
  const headers = [
    style.text('Subject', text),
    style.text('Subject', '你'.repeat(400)),
    style.structured('List-Id', `${text} <list.example.com>`),
    style.mailboxes('To', [{ name: '你'.repeat(330), address: 'j@x.example' }]),
    style.mailboxes('To', [{ name: '"'.repeat(500), address: 'j@x.example' }]),
    new HeaderWriter({ line: 998 }).mailboxes('Reply-To', [
      { name: '\\'.repeat(500), address: 'j@x.example' },
    ]),
  ]
  for (const header of headers) {
    const lengths = header.split('\r\n').map((line) => line.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(998)
  }
  const read = Buffer.from(headers[0] ?? '', 'latin1').toString()
  expect(read.replaceAll('\r\n ', ' ')).toBe(`Subject: ${text}\r\n`)
})
