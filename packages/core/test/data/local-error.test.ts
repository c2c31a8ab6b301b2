import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { localError } from '../../src/data/local-error.ts'

test('keeps errno in the cause and names the file', () => {
  const cause = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  const error = localError(cause, 'writing', '/tmp/a')
  expect(error).toMatchObject({ name: 'LocalIoError', code: 'NET_LOCAL_IO', retry: 'never', cause })
  expect(error.message).toBe('writing /tmp/a failed: the disk is full (ENOSPC)')
})

test('too many open files are a limit of this machine, worth a repeat', () => {
  const cause = Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
  expect(localError(cause, 'opening', 'a')).toMatchObject({
    code: 'NET_LOCAL_LIMIT',
    retry: 'safe',
  })
})

test('an error of ours passes', () => {
  const error = netError('NET_BUSY', { message: 'x' })
  expect(localError(error, 'opening', 'a')).toBe(error)
})
