import { expect, test } from 'vitest'

import { commandLine, commandText, refuseNul, variablesOf } from '../src/command-line.ts'

const injection = expect.objectContaining({ code: 'NET_INJECTION' })
const option = expect.objectContaining({ code: 'NET_BAD_OPTION' })

test('a list is quoted, a text is left alone', () => {
  expect(commandText(['echo', 'a b'])).toBe("echo 'a b'")
  expect(commandText('echo a | wc\nls')).toBe('echo a | wc\nls')
})

test('an empty command and a NUL are refused', () => {
  expect(() => commandText('  ')).toThrow(option)
  expect(() => commandText([])).toThrow(option)
  expect(() => commandText(7 as unknown as string)).toThrow(option)
  expect(() => commandText('a\0b')).toThrow(injection)
  expect(() => refuseNul('cwd', '\0')).toThrow(injection)
})

test('folder and variables stand in front of the command', () => {
  const variables = [{ name: 'A', value: "it's" }]
  expect(commandLine('ls', variables, '/tmp/a b')).toBe(
    `cd -- '/tmp/a b' && export A='it'\\''s' && ls`,
  )
  expect(commandLine('ls', [], undefined)).toBe('ls')
})

test('names and values of variables are checked', () => {
  expect(variablesOf({ LANG: 'C', _x1: '' })).toEqual([
    { name: 'LANG', value: 'C' },
    { name: '_x1', value: '' },
  ])
  expect(variablesOf(undefined)).toEqual([])
  expect(() => variablesOf({ 'A;rm': 'x' })).toThrow(option)
  expect(() => variablesOf({ A: 1 as unknown as string })).toThrow(option)
  expect(() => variablesOf({ A: 'a\0' })).toThrow(injection)
})
