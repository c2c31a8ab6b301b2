import { describe, expect, test } from 'vitest'

import { ContentScan, type ContentFacts } from '../src/content-scan.ts'

function factsOf(...chunks: readonly string[]): ContentFacts {
  const scan = new ContentScan()
  for (const chunk of chunks) scan.push(Buffer.from(chunk))
  scan.end()
  return scan.facts
}

test('counts a message as it is on the wire, with CRLF at the end of every line', () => {
  for (const message of ['a\nb', 'a\r\nb\r\n', 'a\rb\r', 'a\n\n\r\r\nb', '', '\n']) {
    const wire = message.replaceAll(/\r\n|\r|\n/g, '\r\n')
    const size = wire === '' || wire.endsWith('\r\n') ? wire.length : wire.length + 2
    for (let at = 0; at <= message.length; at++) {
      expect(factsOf(message.slice(0, at), message.slice(at)).size).toBe(size)
    }
  }
})

test('distinguishes text beyond ASCII in a header from that in the body', () => {
  expect(factsOf('Subject: x\n\nplain')).toEqual({ size: 21, eightBit: false, longLine: false })
  expect(factsOf('Subject: x\n\nGrüße')).toMatchObject({ eightBit: true })
  expect(factsOf('Subject: x\n\nGrüße')).not.toHaveProperty('utf8Header')
  expect(factsOf('A: x\nReply-To: jürgen@x.example\n\nx')).toMatchObject({
    eightBit: true,
    utf8Header: 'Reply-To',
  })
  expect(factsOf('Subject: x\n Grü', 'ße\n\nx')).toMatchObject({ utf8Header: 'Subject' })
})

describe('looks into the headers', () => {
  test('of a part', () => {
    const parts = (header: string): ContentFacts =>
      factsOf(
        `Content-Type: multipart/mixed;\r\n boundary="b 1"\r\n\r\n--b 1\r\n${header}\r\n\r\nä\r\n--b 1--\r\n`,
      )
    expect(parts('Content-Description: ä')).toMatchObject({ utf8Header: 'Content-Description' })
    expect(parts('Content-Description: x')).not.toHaveProperty('utf8Header')
  })

  test('of a part of a part', () => {
    const inner =
      'Content-Type: multipart/alternative; boundary=c\n\n--c\nX-A: a\nX-B: ä\n\nx\n--c--'
    const message = `Content-Type: multipart/mixed; boundary=b\n\n--b\n${inner}\n--b--\n`
    expect(factsOf(message)).toMatchObject({ utf8Header: 'X-B' })
  })

  test('of a message within the message', () => {
    const inner = 'Content-Type: message/rfc822\n\nSubject: ä\n\nx'
    const message = `Content-Type: multipart/mixed; boundary=b\n\n--b\n${inner}\n--b--\n`
    expect(factsOf(message)).toMatchObject({ utf8Header: 'Subject' })
  })

  test('but takes no line of the text for one', () => {
    expect(factsOf('Subject: x\n\n--\nName: Jürgen\n\nx')).not.toHaveProperty('utf8Header')
  })
})

test('finds a line above 998 bytes wherever it is cut, and whether it is a header', () => {
  const long = 'a'.repeat(999)
  const fine = 'a'.repeat(998)
  expect(factsOf(`X: y\r\n\r\n${fine}\r\n${fine}`)).toMatchObject({ longLine: false })
  for (const at of [0, 1, 500, 998, 999]) {
    const facts = factsOf(`X: y\r\n\r\n${long.slice(0, at)}`, `${long.slice(at)}\r\nb`)
    expect(facts).toMatchObject({ longLine: true })
    expect(facts).not.toHaveProperty('longHeader')
  }
  expect(factsOf(`A: b\nX-Token: ${long}\n\nx`)).toMatchObject({ longHeader: 'X-Token' })
  expect(factsOf(`X-Token: b\n ${long}\n\nx`)).toMatchObject({ longHeader: 'X-Token' })
})

test('knows of a long line before its end has come', () => {
  const scan = new ContentScan()
  scan.push(Buffer.from('x\n\n'))
  scan.push(Buffer.alloc(999, 'a'))
  expect(scan.facts.longLine).toBe(true)
})
