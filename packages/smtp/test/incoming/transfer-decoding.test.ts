import { expect, test } from 'vitest'

import { transferDecode } from '../../src/incoming/transfer-decoding.ts'

function read(body: string, encoding: string): readonly [string, boolean] {
  const { bytes, sound } = transferDecode(body, encoding)
  return [bytes.toString(), sound]
}

test('decodes what is sound', () => {
  expect(read('R3LDvMOf\r\nZQ==\r\n', 'Base64')).toEqual(['Grüße', true])
  expect(read('Gr=C3=BC=C3=9Fe, a long=\r\n line \r\nx', 'quoted-printable')).toEqual([
    'Grüße, a long line\r\nx',
    true,
  ])
  expect(read('as it is', '8bit')).toEqual(['as it is', true])
})

test('base64 ends at its padding, and what is no such text is told', () => {
  expect(read('R3LDvMOfZQ==\r\n_____\r\nA footer of a list', 'base64')).toEqual(['Grüße', false])
  expect(read('R3L!DvMOf', 'base64')).toEqual(['Grüß', false])
  expect(read('100 % =ZZ sure', 'quoted-printable')).toEqual(['100 % =ZZ sure', false])
  expect(read('x', 'x-uuencode')).toEqual(['x', false])
})

test('blanks at the end of a line are no text, and those within one are, however many there are', () => {
  const blanks = ' \t'.repeat(300_000)
  expect(read(`a${blanks}\r\n${blanks}b${blanks}`, 'quoted-printable')).toEqual([
    `a\r\n${blanks}b`,
    true,
  ])
})
