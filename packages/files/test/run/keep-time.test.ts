import { NetError, type NetErrorCode, type RemoteFiles } from '@net/core'
import { memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { keepTime } from '../../src/run/keep-time.ts'

const TIME = Date.UTC(2020, 0, 1)

/** A tree whose times cannot be set, for the reason that a code says. */
function refusing(code: NetErrorCode): RemoteFiles {
  const files = memoryFiles({ contents: { a: '1' } })
  files.setModified = () => Promise.reject(new NetError(code, { message: 'not here' }))
  return files
}

async function kept(files: RemoteFiles): Promise<{ isKept: boolean; warnings: string[] }> {
  const warnings: string[] = []
  const op = {
    signal: new AbortController().signal,
    warn: (message: string) => void warnings.push(message),
  }
  return { isKept: await keepTime(op, files, 'a', TIME), warnings }
}

test('a file gets the time of its source', async () => {
  const files = memoryFiles({ contents: { a: '1' } })
  expect(await kept(files)).toEqual({ isKept: true, warnings: [] })
  expect(await files.stat('a')).toMatchObject({ modified: TIME })
})

test.each(['NET_UNSUPPORTED', 'NET_ACCESS_DENIED'] as const)(
  'a target that refuses with %s has the file nevertheless, which is told',
  async (code) => {
    const { isKept, warnings } = await kept(refusing(code))
    expect(isKept).toBe(false)
    expect(warnings).toEqual([expect.stringContaining('a is whole and did not keep its time: ')])
  },
)

test('what is no refusal is an error', async () => {
  await expect(kept(refusing('NET_NOT_FOUND'))).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})
