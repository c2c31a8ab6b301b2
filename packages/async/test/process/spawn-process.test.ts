import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { spawnProcess } from '@net/async'
import { describe, expect, test } from 'vitest'

describe('spawnProcess', () => {
  test('[ASYNC-40] is talked to through its pipes while it runs', async () => {
    await using child = await spawnProcess('cat')
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stdin.write('one\n')
    expect(await lines.next()).toMatchObject({ value: 'one' })
    child.stdin.end('two\n')
    expect(await lines.next()).toMatchObject({ value: 'two' })
    expect(await child.ended).toEqual({ exitCode: 0, exitSignal: undefined })
  })

  test('[ASYNC-40] is sent signals, until it has ended', async () => {
    await using child = await spawnProcess('sh', [
      '-c',
      'trap "echo heard; exit 5" HUP; echo ready; while :; do sleep 0.01; done',
    ])
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    await lines.next()
    expect(child.kill('SIGHUP')).toBe(true)
    expect(await lines.next()).toMatchObject({ value: 'heard' })
    expect(await child.ended).toMatchObject({ exitCode: 5 })
    expect(child.kill()).toBe(false)
  })

  test('has ended when its block has, also if its output was not read', async () => {
    let pid = 0
    {
      await using child = await spawnProcess('yes')
      pid = child.pid
      await once(child.stdout, 'readable')
    }
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('an abort ends it with its error', async () => {
    const controller = new AbortController()
    await using child = await spawnProcess('sleep', ['1000'], { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(child.ended).rejects.toMatchObject({
      code: 'NET_ABORTED',
      cause: { message: 'enough' },
    })
  })

  test('a program that does not exist is refused, and writing to one that has ended is harmless', async () => {
    await expect(spawnProcess('/no/such/program')).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
    await expect(spawnProcess('')).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    const signal = AbortSignal.abort()
    await expect(spawnProcess('true', [], { signal })).rejects.toMatchObject({
      code: 'NET_ABORTED',
    })
    await using child = await spawnProcess('true')
    await child.ended
    child.stdin.write('x'.repeat(100_000))
    child.stdout.resume()
    if (!child.stdin.closed) await once(child.stdin, 'close')
    expect(child.stdin.destroyed).toBe(true)
  })
})
