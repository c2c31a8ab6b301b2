import { expect, test } from 'vitest'

import { readPart, type MessageDefect, type MessagePart } from '../../src/incoming/part.ts'

function read(lines: readonly string[]): readonly [MessagePart, readonly MessageDefect[]] {
  const defects: MessageDefect[] = []
  return [readPart(lines.join('\r\n'), defects), defects]
}

test('finds parts within parts, each with its place', () => {
  const [root, defects] = read([
    'Content-Type: multipart/mixed; boundary=a',
    '',
    'before',
    '--a',
    'Content-Type: multipart/alternative; boundary="a b"',
    '',
    '--a b',
    '',
    'one',
    '--ab is no boundary',
    '--a b',
    'Content-Type: text/html',
    '',
    '<p>',
    '--a b--',
    '--a',
    'Content-Type: image/png; name=x.png',
    'Content-Transfer-Encoding: base64',
    '',
    'eA==',
    '--a--',
    'behind',
  ])
  expect(defects).toEqual([])
  const [alternative, picture] = root.parts
  expect(alternative?.parts.map(({ path, type, text }) => [path, type, text])).toEqual([
    ['1.1', 'text/plain', 'one\r\n--ab is no boundary'],
    ['1.2', 'text/html', '<p>'],
  ])
  expect(picture).toMatchObject({ path: '2', type: 'image/png', name: 'x.png' })
  expect(picture?.content.toString()).toBe('x')
})

test('a message without its end, its boundary or its headers gives what there is', () => {
  const [cut, ofCut] = read(['Content-Type: multipart/mixed; boundary=a', '', '--a', '', 'half'])
  expect(cut.parts).toMatchObject([{ text: 'half', complete: false }])
  expect(ofCut).toEqual([{ kind: 'truncated', part: '' }])
  const [without, ofWithout] = read(['Content-Type: multipart/mixed', '', '--a', '', 'x'])
  expect(without).toMatchObject({ type: 'text/plain', text: '--a\r\n\r\nx' })
  expect(ofWithout).toEqual([{ kind: 'missing-boundary', part: '' }])
  const [bare, ofBare] = read(['hello', 'there'])
  expect(bare.text).toBe('hello\r\nthere')
  expect(ofBare).toEqual([{ kind: 'missing-headers', part: '' }])
})

test('an unknown charset and a wrong encoding are told, and the bytes are there', () => {
  const [part, defects] = read([
    'Content-Type: text/plain; charset=x-none',
    'Content-Transfer-Encoding: base64',
    '',
    'R3LDvMOfZQ==',
    'footer',
  ])
  expect(part.text).toBe('Grüße')
  expect(defects).toEqual([
    { kind: 'bad-encoding', part: '', detail: 'base64' },
    { kind: 'unknown-charset', part: '', detail: 'x-none' },
  ])
})

test('parts go to a depth, and no further', () => {
  const lines: string[] = []
  for (let depth = 0; depth < 30; depth++)
    lines.push(`Content-Type: multipart/mixed; boundary=b${depth}`, '', `--b${depth}`)
  lines.push('', 'x')
  const [, defects] = read(lines)
  expect(defects.some(({ kind }) => kind === 'too-deep')).toBe(true)
})

test('comments in a type and an encoding are read over, also those within each other', () => {
  const [root, defects] = read([
    'Content-Type: multipart/mixed (made by hand; (not) well); boundary=a',
    '',
    '--a',
    'Content-Type: (a \\) picture) image/png; name="x (1).png" (its name)',
    'Content-Transfer-Encoding: base64 (of course)',
    '',
    'eA==',
    '--a--',
  ])
  expect(defects).toEqual([])
  expect(root.parts).toMatchObject([{ type: 'image/png', name: 'x (1).png' }])
  expect(root.parts[0]?.content.toString()).toBe('x')
})

test('a part of a digest is a message unless it says otherwise', () => {
  const lines = ['', '--a', '', 'Subject: x', '', 'text', '--a', 'Content-Type: text/html', '', 'y']
  const [digest] = read(['Content-Type: multipart/digest; boundary=a', ...lines, '--a--'])
  expect(digest.parts.map(({ type }) => type)).toEqual(['message/rfc822', 'text/html'])
  const [mixed] = read(['Content-Type: multipart/mixed; boundary=a', ...lines, '--a--'])
  expect(mixed.parts.map(({ type }) => type)).toEqual(['text/plain', 'text/html'])
})
