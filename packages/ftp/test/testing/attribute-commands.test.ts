import { expect, test } from 'vitest'

import { MemoryFiles } from '@net/core/testing'

import { hashReply, setTime, site } from '../../src/testing/attribute-commands.ts'

const resolve = (path: string): string => `/in/${path}`

test('times, modes and hashes of a path', () => {
  const files = new MemoryFiles({ '/in/a b': 'hello' })
  expect(setTime(files, '20210304050607 a b', resolve)).toBe('213 Modify=20210304050607; a b')
  expect(files.stat('/in/a b').modified).toBe(Date.UTC(2021, 2, 4, 5, 6, 7))
  expect(site(files, 'CHMOD 640 a b', resolve)).toMatch(/^200/)
  expect(files.stat('/in/a b').mode).toBe(0o640)
  expect(site(files, 'UTIME 20220304050607 a b', resolve)).toMatch(/^213/)
  expect(site(files, 'HELP', resolve)).toContain('CHMOD')
  const md5 = hashReply('md5', (digits, size) => `213 ${digits} ${size}`)
  expect(md5(files, 'a b', resolve)).toBe('213 5d41402abc4b2a76b9719d911017c592 5')
})

test('what makes no sense is refused', () => {
  const files = new MemoryFiles({ '/in/a': '' })
  expect(setTime(files, '20211304050607 a', resolve)).toMatch(/^501/)
  expect(setTime(files, 'a', resolve)).toMatch(/^501/)
  expect(site(files, 'CHMOD 999 a', resolve)).toMatch(/^501/)
  expect(site(files, 'DANCE', resolve)).toMatch(/^504/)
})
