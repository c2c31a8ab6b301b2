import { createResponse } from '@net/http'
import { expect, test } from 'vitest'

import { linksIn } from '../src/links.ts'

const base = 'https://api.example/items?page=1'
const urls = (...lines: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(linksIn(lines, base)).map(([rel, { url }]) => [rel, url]))

test.each<[string, string[], Record<string, string>]>([
  [
    'several in a line',
    ['<?page=2>; rel="next", <?page=9>; rel="last"'],
    { next: 'https://api.example/items?page=2', last: 'https://api.example/items?page=9' },
  ],
  [
    'several lines',
    ['</a>; rel=next', '</b>; rel=prev'],
    { next: 'https://api.example/a', prev: 'https://api.example/b' },
  ],
  [
    'several relations',
    ['</a>; rel="next Last"'],
    { next: 'https://api.example/a', last: 'https://api.example/a' },
  ],
  ['capitals', ['</a>; REL=Next'], { next: 'https://api.example/a' }],
  [
    'commas and semicolons in a URL and in quotes',
    ['</a,b;c>; title="x, \\"y\\"; rel=no"; rel=next'],
    { next: 'https://api.example/a,b;c' },
  ],
  [
    'a parameter without a value',
    ['</a>; crossorigin; rel=preload, </b>; rel=next'],
    { preload: 'https://api.example/a', next: 'https://api.example/b' },
  ],
  ['empty members', [', </a>;; rel=next ;, ,'], { next: 'https://api.example/a' }],
  ['the first of two', ['</a>; rel=next, </b>; rel=next'], { next: 'https://api.example/a' }],
  ['the first rel of two', ['</a>; rel=next; rel=prev'], { next: 'https://api.example/a' }],
  [
    'the anchor of another resource',
    ['</a>; rel=next; anchor="/other"', '</b>; rel=next; anchor=""'],
    { next: 'https://api.example/b' },
  ],
  ['no relation', ['</a>'], {}],
  ['nothing', [], {}],
])('[HTTP-30] %s', (_what, lines, expected) => {
  expect(urls(...lines)).toEqual(expected)
})

test.each(['next', '</a', '</a> rel=next', '</a>; rel="next', '</a>; rel=next x'])(
  '%s cannot be read',
  (line) => {
    expect(() => linksIn([line], base)).toThrow(
      expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
    )
  },
)

test('[H-HTTP-32] a field of 60 KB is read in one pass', () => {
  expect(() => linksIn([`</a>${';'.repeat(60_000)}x`.concat('"')], base)).toThrow('cannot be read')
  expect(() => linksIn([`</a>; a="${'\\'.repeat(60_000)}`], base)).toThrow('cannot be read')
  expect(Object.keys(linksIn(['</a>; rel=next, '.repeat(4000)], base))).toEqual(['next'])
})

test('[HTTP-30] an answer has its links as a map, with their other parameters', () => {
  const response = createResponse({
    headers: { link: '<https://a.example/2>; rel=next; title="Page 2"' },
  })
  expect(response.links['next']).toEqual({
    rel: 'next',
    url: 'https://a.example/2',
    params: { title: 'Page 2' },
  })
  expect(response.links['prev']).toBeUndefined()
  expect(createResponse({ headers: { link: '</2>; rel=next' } }).links['next']?.url).toBe('/2')
})
