import { expect, test } from 'vitest'
import { unannounced } from '../released.ts'

const changeset =
  '---\n\'@net/core\': minor\n"@net/http": patch\n---\n\n@net/ftp: not in the head\n'

test('a changed API needs a changeset that names its package', () => {
  const released = { '@net/core': 'a', '@net/http': 'a', '@net/ftp': 'a', '@net/ssh': 'a' }
  const current = { '@net/core': 'b', '@net/http': 'b', '@net/ftp': 'b', '@net/ssh': 'a' }
  expect(unannounced(current, released, [changeset])).toEqual(['@net/ftp'])
  expect(unannounced(current, released, [])).toEqual(['@net/core', '@net/http', '@net/ftp'])
})

test('a package that was never released counts as changed', () => {
  expect(unannounced({ '@net/smtp': 'a' }, {}, [changeset])).toEqual(['@net/smtp'])
})
