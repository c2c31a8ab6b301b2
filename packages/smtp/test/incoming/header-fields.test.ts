import { expect, test } from 'vitest'

import { firstOf, readFields, readStructured } from '../../src/incoming/header-fields.ts'

test('reads headers in their order, unfolded and decoded', () => {
  const fields = readFields(
    'Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n and more\nX-A:1\r\nnonsense\r\nx-a : 2',
  )
  expect(fields.map(({ name, value }) => [name, value])).toEqual([
    ['Subject', 'Grüße and more'],
    ['X-A', '1'],
    ['x-a', '2'],
  ])
  expect(firstOf(fields, 'x-a')?.value).toBe('1')
})

test('parameters have comments in front of them and behind them', () => {
  const all = (raw: string): object => Object.fromEntries(readStructured(raw).parameters)
  for (const raw of [
    'multipart/mixed; boundary=b (made; by="hand")',
    'multipart/mixed; boundary="b" (made (by) hand) (twice)',
    'multipart/mixed (mixed); (made by \\) hand) boundary=b',
    'multipart/mixed; boundary= (made) b',
    'multipart/mixed; boundary=b (made) ; (empty)',
  ])
    expect(all(raw)).toEqual({ boundary: 'b' })
  expect(all('text/plain; charset=utf-8 (Unicode); format=flowed')).toEqual({
    charset: 'utf-8',
    format: 'flowed',
  })
  // No comments: what stands in quotes, and what has more behind it.
  expect(all('a/b; name="a (1)"; filename=report (1).pdf')).toEqual({
    name: 'a (1)',
    filename: 'report (1).pdf',
  })
  expect(all('a/b; name=smile :(; x=y')).toEqual({ name: 'smile :(', x: 'y' })
})

test.each(['"\\', '(\\', '(a\\', '(', '(a(b)', '"', '\\', '(x)y', ';x="\\'])(
  'a header of many %j that are never closed takes no longer than others',
  (piece) => {
    const began = performance.now()
    readStructured(`a/b; x=${piece.repeat(200_000)}`)
    // Each against each of them would take a minute.
    expect(performance.now() - began).toBeLessThan(10_000)
  },
)

test('reads parameters in pieces, in any charset and in quotes', () => {
  const name = (raw: string): string | undefined => readStructured(raw).parameters.get('filename')
  expect(readStructured('Text/HTML; charset="utf-8"; x=y z')).toEqual({
    value: 'text/html',
    parameters: new Map([
      ['charset', 'utf-8'],
      ['x', 'y z'],
    ]),
  })
  expect(name(`attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt`)).toBe('Grüße.txt')
  expect(
    name(`attachment; filename*0*=utf-8''Gr%C3; filename*1*=%BC%C3%9Fe; filename*2=".t%20xt"`),
  ).toBe('Grüße.t%20xt')
  expect(name(String.raw`attachment; filename="a \"b\"; c.txt"`)).toBe('a "b"; c.txt')
  expect(name(`attachment; filename="plain.txt"; filename*=utf-8''better.txt`)).toBe('better.txt')
  expect(name('attachment; filename="=?UTF-8?B?R3LDvMOfZQ==?="')).toBe('Grüße')
})
