import { runInNewContext } from 'node:vm'

import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { treeError } from '../../src/local/local-error.ts'

test.each([
  ['ENOENT', 'NET_NOT_FOUND'],
  ['EEXIST', 'NET_EXISTS'],
  ['EACCES', 'NET_ACCESS_DENIED'],
  ['ENOSPC', 'NET_NO_SPACE'],
  ['ELOOP', 'NET_BAD_NAME'],
  ['EMFILE', 'NET_LOCAL_LIMIT'],
  ['EIO', 'NET_LOCAL_IO'],
])('%s is %s', (errno, code) => {
  const cause = Object.assign(new Error('failed'), { code: errno })
  expect(treeError(cause, 'in/a')).toMatchObject({ code, cause })
})

test('what is ours or the caller’s passes', () => {
  const own = netError('NET_BUSY', { message: 'busy' })
  const foreign = new Error('theirs')
  expect([treeError(own, 'a'), treeError(foreign, 'a')]).toEqual([own, foreign])
})

test("an error of another realm, as Node's are under Jest, is named as well", () => {
  const cause: unknown = runInNewContext("Object.assign(new Error('failed'), { code: 'ENOENT' })")
  expect(treeError(cause, 'in/a')).toMatchObject({ code: 'NET_NOT_FOUND', cause })
})
