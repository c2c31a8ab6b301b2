import { expect, test } from 'vitest'

import { readConfigLine } from '../../src/config/config-line.ts'

test.for([
  ['Port 22', 'port', ['22']],
  ['  HostName="a b" # c', 'hostname', ['a b']],
  ['port = 22\r', 'port', ['22']],
  ["SendEnv 'A' B\\ C", 'sendenv', ['A', 'B C']],
  ['Match host="x y"', 'match', ['host=x y']],
  ['Compression', 'compression', []],
] as const)('%s', ([line, keyword, words]) => {
  expect(readConfigLine(line)).toMatchObject({ keyword, words })
})

test('what says nothing, and what is not closed', () => {
  expect(['', '   ', '# Port 1'].map(readConfigLine)).toEqual([undefined, undefined, undefined])
  expect(() => readConfigLine('Port "22')).toThrow('a quote is not closed')
})
