import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { quote } from '@net/ssh'

test('plain words stay as they are, others are quoted', () => {
  expect(quote('ls', '-l', '/tmp/a.txt')).toBe('ls -l /tmp/a.txt')
  expect(quote('echo', 'a b', "it's", '', '$HOME', '~', 'A=b', '*')).toBe(
    `echo 'a b' 'it'\\''s' '' '$HOME' '~' 'A=b' '*'`,
  )
})

test("a word that is the shell's own is quoted", () => {
  expect(quote('if', 'then', 'time')).toBe(`'if' 'then' 'time'`)
})

test('a NUL and a word that is not a string are refused', () => {
  expect(() => quote('a\0b')).toThrow(expect.objectContaining({ code: 'NET_INJECTION' }))
  expect(() => quote(7 as unknown as string)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('a real shell reads each word as that word', () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
  const words = fc.sample(fc.array(word, { minLength: 1, maxLength: 8 }), { numRuns: 20, seed: 7 })
  for (const list of words) {
    const line = `printf '%s\\0' ${quote(...list.map((text) => text.toWellFormed()))}`
    const read = execFileSync('/bin/sh', ['-c', line]).toString('utf8').split('\0').slice(0, -1)
    expect(read).toEqual(list.map((text) => text.toWellFormed()))
  }
})

test('other shells read each word as that word as well', () => {
  const words = [
    "it's",
    '\\',
    "\\'; echo more; '",
    'a!b',
    '!!',
    '$HOME',
    '`ls`',
    '*',
    '%1',
    '~',
    '^a^b',
  ]
  for (const shell of ['bash', 'zsh', 'ksh', 'fish', 'tcsh'].filter(isThere)) {
    for (const word of words) {
      const read = execFileSync(shell, ['-c', `printf '%s' ${quote(word)}`], { encoding: 'utf8' })
      expect({ shell, read }).toEqual({ shell, read: word })
    }
  }
})

function isThere(shell: string): boolean {
  return existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`)
}
