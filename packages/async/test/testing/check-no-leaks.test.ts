import { execFile } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

import { checkNoLeaks } from '@net/async/testing'
import { clock } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

describe('checkNoLeaks', () => {
  test('passes results and errors on', async () => {
    expect(await checkNoLeaks(async () => 7)).toBe(7)
    const failure = new Error('x')
    await expect(checkNoLeaks(async () => Promise.reject(failure))).rejects.toBe(failure)
  })

  test('finds a server that was left open, and not one that was closed', async () => {
    const server = createServer()
    const listens = async (): Promise<void> =>
      new Promise((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
    await expect(checkNoLeaks(listens, { within: 20 })).rejects.toThrow(
      /left behind: .*TCPSERVERWRAP/i,
    )
    server.close()
    await checkNoLeaks(async () => {
      await using other = createServer()
      await new Promise<void>((resolve) => {
        other.listen(0, '127.0.0.1', resolve)
      })
    })
  })

  test('finds timers, of Node and of a fake clock', async () => {
    const handles: NodeJS.Timeout[] = []
    // Several: a timer of the test runner may end meanwhile, which counts against them.
    const arm = async (): Promise<void> => {
      for (let number = 0; number < 5; number++) handles.push(setTimeout(() => {}, 1e6))
    }
    const armed = checkNoLeaks(arm, { within: 20 })
    await expect(armed).rejects.toThrow('Timeout')
    for (const handle of handles) clearTimeout(handle)
    using _clock = useFakeClock()
    const faked = checkNoLeaks(async () => clock().after(100, () => {}), { within: 20 })
    await expect(faked).rejects.toThrow(/left behind: .*1 timer of the fake clock/)
  })

  test('finds listeners on signals, emitters and the process', async () => {
    const { signal } = new AbortController()
    const emitter = new EventEmitter()
    const listener = (): void => {}
    const listeners = [signal, emitter]
    const check = async (add: () => void): Promise<void> => {
      await checkNoLeaks(async () => add(), { listeners, within: 20 })
    }
    await expect(check(() => signal.addEventListener('abort', listener))).rejects.toThrow(
      'left behind: 1 listener of listeners[0]',
    )
    await expect(check(() => void emitter.on('x', listener))).rejects.toThrow(
      'left behind: 1 listener of listeners[1]',
    )
    await expect(check(() => void process.on('SIGWINCH', listener))).rejects.toThrow(
      'left behind: 1 listener of the process',
    )
    process.off('SIGWINCH', listener)
  })

  test('finds a rejection that was not handled', async () => {
    // In a process of its own: in this one it would fail the test.
    const script = `
      import { checkNoLeaks } from '@net/async/testing'
      await checkNoLeaks(async () => void Promise.reject(new Error('dropped'))).catch((error) => {
        console.log(error.name, error.message)
      })`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@net/source', '--input-type=module', '--eval', script],
      { cwd: import.meta.dirname },
    )
    expect(stdout.trim()).toBe('AssertionError unhandled rejections: dropped')
  })
})
