import { parseMessage } from '@net/smtp/testing'
import { expect, test } from 'vitest'

test('takes headers and text apart, unfolded and in lower case', () => {
  const { headers, text } = parseMessage(
    Buffer.from('Subject: a\r\n\tb\r\nX-A: 1\r\nx-a:2\r\n\r\none\r\n\r\ntwo'),
  )
  expect([...headers]).toEqual([
    ['subject', ['a\tb']],
    ['x-a', ['1', '2']],
  ])
  expect(text).toBe('one\r\n\r\ntwo')
})

test('a message without an empty line is all headers, and other lines are left out', () => {
  const { headers, text } = parseMessage(Buffer.from('nonsense\r\nSubject: x'))
  expect([...headers.keys()]).toEqual(['subject'])
  expect(text).toBe('')
})

test('a message is bytes', () => {
  expect(() => parseMessage('Subject: x' as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: 'raw must be a Uint8Array, not a string',
    }),
  )
})
