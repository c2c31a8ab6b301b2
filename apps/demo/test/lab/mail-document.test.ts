import type { ParsedAttachment } from '@net/smtp'
import { expect, test } from 'vitest'

import { attachedTo, documentOf } from '../../src/lab/mail-document.ts'

function attachment(type: string, cid?: string, content = 'x'): ParsedAttachment {
  const known = { type, disposition: '', content: Buffer.from(content), complete: true }
  return { ...known, ...(cid === undefined ? {} : { cid }), message: () => undefined }
}

const wheel = attachment('image/png', 'a wheel@x')
const file = attachment('application/pdf')

test('a picture stands where the document shows it, and a file in the list', () => {
  const mail = {
    html: `<img src="cid:a%20wheel@x"> <td background='CID:a%20wheel@x'> url(cid:a%20wheel@x)`,
    attachments: [wheel, file],
  }
  expect(documentOf(mail)).toBe(
    `<img src="data:image/png;base64,eA=="> <td background='data:image/png;base64,eA=='> url(data:image/png;base64,eA==)`,
  )
  expect(attachedTo(mail)).toEqual([file])
})

test('what is no picture, is not there, or is not shown stays as it is', () => {
  const page = attachment('text/html', 'page')
  const mail = {
    html: 'about cid:other: <img src="cid:%zz"><img src="cid:page">',
    attachments: [page, attachment('image/png', 'other')],
  }
  expect(documentOf(mail)).toBe(mail.html)
  expect(attachedTo(mail)).toEqual(mail.attachments)
})

test('without HTML there is no document, and everything is in the list', () => {
  const mail = { attachments: [wheel, file] }
  expect(documentOf(mail)).toBeUndefined()
  expect(attachedTo(mail)).toEqual([wheel, file])
})

test('pictures that are too much for one document are left out', () => {
  const html = '<img src="cid:big">'.repeat(5)
  const big = attachment('image/png', 'big', 'x'.repeat(1024 * 1024))
  expect(documentOf({ html, attachments: [big] })?.match(/cid:big/gu)).toHaveLength(1)
})
