import { encodeWord } from 'nodemailer/lib/mime-funcs'
import { expect, test } from 'vitest'

import { headerValue } from '../../src/engine/header-text.ts'

test('text that every reader gets as it is stays as it is', () => {
  for (const text of ['', 'Hello', 'a b'.repeat(500), 'Grüße', '=? really ?=', 'a'.repeat(60)]) {
    expect(headerValue(encodeWord, 'Subject', text)).toBe(text)
  }
})

test('a word that fits into no line is encoded in words that fit', () => {
  const value = headerValue(encodeWord, 'X-Token', 'b'.repeat(2000))
  expect(value).toMatchObject({ prepared: true, foldLines: true })
  const words = typeof value === 'string' ? [] : value.value.split(' ')
  expect(words.length).toBeGreaterThan(30)
  expect(words.every((word) => /^=\?UTF-8\?Q\?b+\?=$/.test(word) && word.length <= 75)).toBe(true)
})

test('text that looks encoded is encoded, so that readers get it as it was', () => {
  const value = headerValue(encodeWord, 'Subject', 'about =?UTF-8?Q?x?=')
  expect(value).toMatchObject({ value: '=?UTF-8?Q?about_=3D=3FUTF-8=3FQ=3Fx=3F=3D?=' })
})

test('a long first word stays on the line of its name, where readers take no fold for a space', () => {
  for (const key of ['Subject', 'X-Token', 'List-Unsubscribe']) {
    const text = `<https://example.com/${'c'.repeat(200)}> x`
    expect(headerValue(encodeWord, key, text)).toEqual({
      prepared: true,
      foldLines: false,
      value: text,
    })
  }
})

test('headers with a form of their own are never encoded', () => {
  const long = `<https://example.com/${'c'.repeat(1000)}>`
  expect(headerValue(encodeWord, 'List-Unsubscribe', long)).toBe(long)
  expect(headerValue(encodeWord, 'References', long)).toBe(long)
})
