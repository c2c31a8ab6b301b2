import { expect, test } from 'vitest'

import { addressOf } from '../../src/address.ts'
import { refuseOneName } from '../../src/commands/one-name.ts'
import { UsageError } from '../../src/usage-error.ts'

test.each([
  ['local files', ['a/report.pdf', 'b/report.pdf'], 'report.pdf'],
  ['a local and a remote file', ['a.txt', 'sftp://ada@host/in/a.txt'], 'a.txt'],
  ['documents, one with its name escaped', ['http://host/a%20b', 'ftp://host/a b'], 'a b'],
])('refuses two sources of one name: %s', (_, sources, name) => {
  const refused = (): void => refuseOneName(sources.map((each) => addressOf(each)))
  expect(refused).toThrow(UsageError)
  expect(refused).toThrow(`the name ${name}`)
})

test('takes sources of different names, and those that have none of their own', () => {
  const sources = ['a', 'sftp://ada@host/b', 'http://host/', 'http://other/', '-', '-']
  expect(() => refuseOneName(sources.map((each) => addressOf(each)))).not.toThrow()
})
