import { attach, fromText } from '@net/smtp'
import { expect, test } from 'vitest'

import { attachedEntity, joined, multipart, textEntity } from '../../src/mime/entity.ts'

test('text is a part with its charset and encoding', () => {
  expect(textEntity('text/plain', 'Grüße\n').pieces).toEqual([
    'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ0K',
  ])
})

test('[SMTP-36] bytes in memory are there at once, other sources have a place', () => {
  const bytes = attach(Buffer.from('x'), { name: 'a.bin' })
  expect(attachedEntity(bytes, false).pieces).toEqual([
    'Content-Type: application/octet-stream;\r\n name="a.bin"\r\nContent-Disposition: attachment;\r\n filename="a.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==',
  ])
  const source = () => (async function* () {})()
  expect(attachedEntity(attach(source), false).pieces).toEqual([
    'Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n',
    { source, encoded: true },
  ])
})

test('a text says its charset, and a message goes as it is', () => {
  const [csv] = attachedEntity(attach(fromText('x'), { name: 'a.csv' }), false).pieces
  expect(csv).toContain('Content-Type: text/csv; charset=utf-8;')
  const message = attachedEntity(attach(fromText('x'), { name: 'a.eml' }), false)
  expect(message.type).toBe('message/rfc822')
  expect(message.pieces.at(-1)).toMatchObject({ encoded: false })
})

test('a picture has a name, also where none was given', () => {
  const picture = attach(Buffer.from('x'), { cid: 'logo@x.example', type: 'image/png' })
  expect(attachedEntity(picture, true).pieces[0]).toContain(
    'Content-Disposition: inline;\r\n filename="logo.png"\r\nContent-ID: <logo@x.example>',
  )
})

test('a single part stays what it is; several stand between boundaries', () => {
  const one = { type: 'text/plain', pieces: ['a'], plain: true, dots: false }
  expect(multipart('mixed', [one], 'b')).toBe(one)
  const { pieces } = multipart('related', [one, one], 'b')
  expect(joined(pieces)).toEqual([
    'Content-Type: multipart/related;\r\n boundary="b";\r\n type="text/plain"\r\n\r\n--b\r\na\r\n--b\r\na\r\n--b--\r\n',
  ])
})
