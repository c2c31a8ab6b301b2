import { expect, test } from 'vitest'

import { nameBytes, nameText } from '../../src/sftp/name-text.ts'

test('names that are no UTF-8 stay apart, and go back as the bytes that they came as', () => {
  const names = [
    Buffer.from('caf\xe9.txt', 'latin1'),
    Buffer.from('caf\xe8.txt', 'latin1'),
    Buffer.from('café.txt'),
    Buffer.from('a\u{1f600}\xff\xc3', 'latin1'),
    Buffer.from('\uFFFD'),
  ]
  const texts = names.map((name) => nameText(name, 'utf8'))
  expect(new Set(texts).size).toBe(names.length)
  expect(texts.map((text) => nameBytes(text, 'utf8'))).toEqual(names)
  expect(texts.map((text) => text.isWellFormed())).toEqual([false, false, true, false, true])
})

test('Latin-1 has a letter for every byte, and no byte for other letters', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  expect(nameBytes(nameText(all, 'latin1'), 'latin1')).toEqual(all)
  expect(() => nameBytes('€', 'latin1')).toThrow('Latin-1 cannot write')
  expect(() => nameBytes('\ud800', 'utf8')).toThrow('UTF-8 cannot write')
})
