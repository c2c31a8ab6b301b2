import { expect, test } from 'vitest'

import { transferEncode, encodeWords, type EncodedText } from '../src/encoded-text.ts'

/** What a reader makes of it. */
function decoded({ encoding, lines }: EncodedText): string {
  if (encoding === '7bit') return lines
  if (encoding === 'base64') return Buffer.from(lines, 'base64').toString()
  const bytes = lines
    .replaceAll('=\r\n', '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

const texts: readonly (readonly [string, string])[] = [
  ['7bit', 'Plain text\nin lines\r\n.\r\n\tand tabs '],
  ['7bit', 'x'.repeat(76)],
  ['quoted-printable', 'x'.repeat(77)],
  ['quoted-printable', `a line with a long word ${'='.repeat(200)} and space at its end \nx\t\n`],
  ['quoted-printable', `Grüße aus Zürich, ${'nicht übermäßig lang. '.repeat(20)}`],
  ['quoted-printable', 'a control character: \0, and one more: \x7f'],
  ['base64', '你好，世界。'.repeat(50)],
  ['base64', 'Привет\nмир\r\n'.repeat(20)],
]
for (const [encoding, text] of texts) {
  test(`${encoding} for ${JSON.stringify(text.slice(0, 20))}`, () => {
    const encoded = transferEncode(text)
    expect(encoded.encoding).toBe(encoding)
    expect(decoded(encoded)).toBe(text.replaceAll(/\r?\n/g, '\r\n'))
    const lines = encoded.lines.split('\r\n')
    expect(lines.every((line) => /^[\t -~]{0,76}$/.test(line))).toBe(true)
    if (encoding === 'quoted-printable') expect(encoded.lines).not.toMatch(/[\t ](?:\r\n|$)/)
  })
}

test('a quoted byte is never cut, wherever it stands in its line', () => {
  for (let before = 60; before < 90; before++) {
    const text = `${'x'.repeat(before)}äöü${'y'.repeat(80)}`
    const encoded = transferEncode(text)
    expect(decoded(encoded)).toBe(text)
    expect(
      encoded.lines.split('\r\n').every((line) => /^(?:[^=]|=[\dA-F]{2})*=?$/.test(line)),
    ).toBe(true)
  }
})

test('words of headers are short, and whole letters', () => {
  for (const text of ['ä', 'Grüße aus Zürich', '你好'.repeat(100), '🚲'.repeat(30)]) {
    const words = encodeWords(text).split(' ')
    const inside = words.map(
      (word) => /^=\?UTF-8\?B\?([\d+/=A-Za-z]{1,52})\?=$/.exec(word)?.[1] ?? '',
    )
    expect(inside.map((word) => Buffer.from(word, 'base64').toString()).join('')).toBe(text)
  }
})
