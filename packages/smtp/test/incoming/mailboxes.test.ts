import { expect, test } from 'vitest'

import { readIncoming } from '../../src/incoming/mailboxes.ts'

test('[SMTP-40] reads the addresses of a header as well as they can be read', () => {
  expect(
    readIncoming(
      'ada@x.example, "Lovelace, Ada" <b@x.example>, =?UTF-8?B?SsO8cmdlbg==?= <c@x.example>, d@x.example (Dora), nonsense',
    ),
  ).toEqual([
    { address: 'ada@x.example' },
    { name: 'Lovelace, Ada', address: 'b@x.example' },
    { name: 'Jürgen', address: 'c@x.example' },
    { name: 'Dora', address: 'd@x.example' },
  ])
  expect(readIncoming('The board: ada@x.example, "A: b" <b@x.example>;, undisclosed: ;')).toEqual([
    { address: 'ada@x.example' },
    { name: 'A: b', address: 'b@x.example' },
  ])
  expect(readIncoming('')).toEqual([])
})

test('quotes without an end are letters, however many there are', () => {
  expect(readIncoming('Ada" <a@x.example>, c@x.example')).toEqual([
    { name: 'Ada"', address: 'a@x.example' },
    { address: 'c@x.example' },
  ])
  const many = String.raw`\"`.repeat(200_000)
  expect(readIncoming(`${many}, d@x.example`)).toContainEqual({ address: 'd@x.example' })
})
