import { expect, test } from 'vitest'

import { hostMatches, matchHolds, type MatchSubject } from '../../src/config/config-match.ts'

const ran: string[] = []
const subject: MatchSubject = {
  original: 'web',
  name: 'web',
  host: () => 'web.example.com',
  user: () => 'ada',
  localUser: 'root',
  isFinal: false,
  wantsFinal() {},
  exec: async (command) => ran.push(command) > 0,
}

test('patterns of Host: one that begins with ! takes back all others', () => {
  expect(hostMatches(['w*', 'db'], 'web')).toBe(true)
  expect(hostMatches(['*', '!web'], 'web')).toBe(false)
  expect(hostMatches(['!db'], 'web')).toBe(false)
  expect(hostMatches(['WEB'], 'web')).toBe(false)
})

test.for([
  ['all', true],
  ['host *.EXAMPLE.com', true],
  ['host=web.*', true],
  ['originalhost web,db user ada', true],
  ['!user ada', false],
  ['localuser root !host db', true],
  ['final', false],
  ['canonical host *', false],
  ['tagged x', false],
] as const)('Match %s', async ([text, holds]) => {
  expect(await matchHolds(text.split(' '), subject)).toBe(holds)
})

test('a command is run only where everything before it holds', async () => {
  expect(await matchHolds(['user', 'eve', 'exec', 'first'], subject)).toBe(false)
  expect(await matchHolds(['user', 'ada', 'exec', 'second'], subject)).toBe(true)
  expect(ran).toEqual(['second'])
})

test('what is no condition', async () => {
  for (const words of [[], ['host'], ['nonsense', 'x'], ['all', 'host', 'x']]) {
    await expect(matchHolds(words, subject)).rejects.toThrow()
  }
})
