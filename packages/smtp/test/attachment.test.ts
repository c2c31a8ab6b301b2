import { attach, fromFile, fromText } from '@net/smtp'
import { expect, test } from 'vitest'

import { isAttachment } from '../src/attachment.ts'

test('[SMTP-36] takes the name of the file, and what is given', () => {
  expect(attach(fromFile('/tmp/report.pdf'))).toMatchObject({ name: 'report.pdf', inline: false })
  expect(attach(fromText('x'), { name: 'a.txt', type: 'text/plain; charset=utf-8' })).toMatchObject(
    {
      name: 'a.txt',
      type: 'text/plain; charset=utf-8',
    },
  )
  expect(attach(fromText('x'))).not.toHaveProperty('name')
})

test('[SMTP-37] is shown inline where the text names it', () => {
  expect(attach(fromText('x'), { cid: 'logo@x' })).toMatchObject({ cid: 'logo@x', inline: true })
  expect(attach(fromText('x'), { cid: 'logo@x', inline: false })).toMatchObject({ inline: false })
})

test('[H-SMTP-10] refuses line breaks in name, type and cid', () => {
  for (const options of [{ name: 'a\r\nb' }, { type: 'text/plain\r\nX: y' }, { cid: 'a\nb' }]) {
    expect(() => attach(fromText('x'), options)).toThrow(
      expect.objectContaining({ code: 'NET_INJECTION' }),
    )
  }
})

test('refuses types and names that would break the message', () => {
  for (const options of [
    { type: 'multipart/mixed' },
    { type: 'text' },
    { type: 'a/b; x' },
    { cid: 'a b' },
    { cid: '<a>' },
  ]) {
    expect(() => attach(fromText('x'), options)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})

test('a path is not a source, and only attach makes an attachment', () => {
  expect(() => attach('/etc/passwd' as never)).toThrow(/fromFile/)
  expect(isAttachment(attach(fromText('x')))).toBe(true)
  expect(isAttachment({ kind: 'attachment' })).toBe(false)
  expect(isAttachment(null)).toBe(false)
})

test('options of the wrong type are refused by their names, undefined counts as not given', () => {
  for (const options of [
    { name: 5 },
    { name: null },
    { type: 5 },
    { type: null },
    { cid: 5 },
    { cid: {} },
    { inline: 'yes' },
    { inline: null },
    { name: 'a'.repeat(401) },
    { type: `text/plain; a=${'b'.repeat(400)}` },
  ]) {
    const [key = ''] = Object.keys(options)
    expect(() => attach(fromText('x'), options as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', message: expect.stringContaining(key) }),
    )
  }
  const none = { name: undefined, type: undefined, cid: undefined, inline: undefined }
  expect(attach(fromText('x'), none)).toEqual(attach(fromText('x')))
})
