import { expect, test } from 'vitest'

import { headAndText } from '../../src/testing/head-and-text.ts'

test('takes headers and text apart, unfolded and in lower case', () => {
  const { headers, text } = headAndText(
    Buffer.from('Subject: a\r\n\tb\r\nX-A: 1\r\nx-a:2\r\n\r\none\r\n\r\ntwo'),
  )
  expect([...headers]).toEqual([
    ['subject', ['a\tb']],
    ['x-a', ['1', '2']],
  ])
  expect(text).toBe('one\r\n\r\ntwo')
})

test('a message without an empty line is all headers, and other lines are left out', () => {
  const { headers, text } = headAndText(Buffer.from('nonsense\r\nSubject: x'))
  expect([...headers.keys()]).toEqual(['subject'])
  expect(text).toBe('')
})
