import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { currentTime, sleep } from '@net/async'
import { groupTest } from '@net/async/testing'
import { clock } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

describe('groupTest', () => {
  test(
    '[ASYNC-55] is the body of a test: a task group on a clock that jumps',
    groupTest(async (group) => {
      const task = group.spawn('slow', async ({ signal }) => {
        await sleep(50_000, { signal })
        return currentTime()
      })
      expect(await task.result).toBe(50_000)
    }),
  )

  test('fails with what fails in it, past its limit, and with what it leaves behind', async () => {
    const failing = groupTest(async (group) => {
      group.spawn('fails', async () => Promise.reject(new Error('in a task')))
    })
    await expect(failing()).rejects.toThrow('in a task')
    const endless = groupTest(async ({ signal }) => sleep(Infinity, { signal }), { timeout: 5000 })
    await expect(endless()).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 5000 })
    const leaking = groupTest(async () => {
      const listener = (): void => {}
      process.once('SIGWINCH', listener)
    })
    await expect(leaking()).rejects.toThrow('listener of the process')
    process.removeAllListeners('SIGWINCH')
  })

  test('keeps the real clock where that is asked for', async () => {
    const real = clock()
    const body = groupTest(async () => expect(clock()).toBe(real), { fakeClock: false })
    await body()
  })

  test('[ASYNC-55] works with the test runner of Node', async () => {
    const script = `
      import { test } from 'node:test'
      import { sleep } from '@net/async'
      import { groupTest } from '@net/async/testing'
      test('passes', groupTest(async ({ signal }) => sleep(30_000, { signal })))
      test('fails', groupTest(async () => { throw new Error('on purpose') }))`
    const run = promisify(execFile)(
      process.execPath,
      ['--conditions=@net/source', '--test-reporter=tap', '--input-type=module', '--eval', script],
      { cwd: import.meta.dirname },
    )
    const { stdout } = (await run.catch((error: unknown) => error)) as { stdout: string }
    expect(stdout).toMatch(/^ok 1 - passes$/mu)
    expect(stdout).toMatch(/^not ok 2 - fails$/mu)
    expect(stdout).toContain('on purpose')
  })
})
