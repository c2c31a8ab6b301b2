import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { startError } from '@net/core/authoring'

const failure = { refused: 'no NUL', failed: (code: string) => `not started: ${code}` }

async function startOf(command: string, argument: string): Promise<unknown> {
  try {
    await once(spawn(command, ['--password', argument]), 'spawn')
    return undefined
  } catch (error) {
    return error
  }
}

test('the error of a program that could not be started, and its cause, have nothing of its arguments', async () => {
  for (const [command, argument, told] of [
    ['/no/such/program', 'hush', { code: 'NET_LOCAL_IO', message: 'not started: ENOENT' }],
    ['true', 'hush\0', { code: 'NET_BAD_OPTION', message: 'no NUL' }],
  ] as const) {
    const thrown = await startOf(command, argument)
    expect(inspect(thrown)).toContain('hush')
    const error = startError(thrown, failure)
    expect(error).toMatchObject(told)
    expect(inspect([error, error.cause])).not.toContain('hush')
  }
})

test('a lack of processes or descriptors is a limit of this system', () => {
  for (const code of ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']) {
    const error = startError(Object.assign(new Error(code), { code }), failure)
    expect(error).toMatchObject({ code: 'NET_LOCAL_LIMIT', message: `not started: ${code}` })
  }
  expect(startError('a text', failure)).toMatchObject({ code: 'NET_LOCAL_IO', cause: 'a text' })
})
