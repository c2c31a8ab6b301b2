import { signals } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { listenTo } from '../../src/tasks/signals.ts'
import { startProgram } from '../program.ts'

/** As the system does it, without another process's end being at stake. */
function receive(name: NodeJS.Signals): void {
  process.emit(name, name)
}

describe('signals', () => {
  test('[ASYNC-43] iterates over signals from its making on, and leaves no listener behind', async () => {
    const received: string[] = []
    const watch = signals(['SIGHUP', 'SIGUSR2'])
    receive('SIGUSR2')
    receive('SIGHUP')
    for await (const name of watch) {
      received.push(name)
      if (received.length === 2) queueMicrotask(() => receive('SIGHUP'))
      if (received.length === 3) break
    }
    expect(received).toEqual(['SIGUSR2', 'SIGHUP', 'SIGHUP'])
    expect(process.listenerCount('SIGHUP') + process.listenerCount('SIGUSR2')).toBe(0)
    expect(await watch.next()).toEqual({ done: true, value: undefined })
  })

  test('one that comes again before it was taken counts once', async () => {
    await using watch = signals(['SIGHUP', 'SIGUSR2'])
    for (const name of ['SIGHUP', 'SIGHUP', 'SIGUSR2', 'SIGHUP'] as const) receive(name)
    expect(await watch.next()).toEqual({ done: false, value: 'SIGHUP' })
    expect(await watch.next()).toEqual({ done: false, value: 'SIGUSR2' })
    const waits = watch.next()
    receive('SIGHUP')
    expect(await waits).toEqual({ done: false, value: 'SIGHUP' })
  })

  test('several loops are served in order, and all get the end', async () => {
    const watch = signals(['SIGHUP'])
    const waits = [watch.next(), watch.next(), watch.next()]
    receive('SIGHUP')
    await watch[Symbol.asyncDispose]()
    const over = { done: true, value: undefined }
    expect(await Promise.all(waits)).toEqual([{ done: false, value: 'SIGHUP' }, over, over])
  })

  test('an abort ends the iteration with its error, once', async () => {
    const controller = new AbortController()
    const watch = signals(['SIGHUP'], { signal: controller.signal })
    const waits = watch.next()
    controller.abort(new Error('enough'))
    await expect(waits).rejects.toMatchObject({ code: 'NET_ABORTED', cause: { message: 'enough' } })
    expect(await watch.next()).toEqual({ done: true, value: undefined })
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })

  test('a time limit ends it, also while no call waits', async () => {
    using clock = useFakeClock()
    const watch = signals(['SIGHUP'], { timeout: 100 })
    await clock.advance(100)
    expect(process.listenerCount('SIGHUP')).toBe(0)
    await expect(watch.next()).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    expect(clock.timers).toBe(0)
  })

  test('signals without listeners are refused, and none is listened to', () => {
    for (const names of [[], 'SIGHUP', ['SIGHUP', 'SIGKILL'], ['SIGHUP', 'hello']]) {
      expect(() => signals(names as never)).toThrow(
        expect.objectContaining({ code: 'NET_BAD_OPTION' }),
      )
    }
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })

  test('[ASYNC-43] a real signal wakes the loop, which alone keeps the process alive', async () => {
    await using program = await startProgram(`
      import { signals } from '@net/async'
      const watch = signals(['SIGHUP'])
      console.log('ready')
      for await (const name of watch) {
        console.log(name)
        break
      }`)
    expect(await program.line()).toBe('ready')
    program.kill('SIGHUP')
    expect(await program.line()).toBe('SIGHUP')
    expect(await program.ended).toEqual({ exitCode: 0, exitSignal: undefined })
  })
})

test('listenTo listens until it is disposed', () => {
  const heard: string[] = []
  using listening = listenTo(['SIGHUP', 'SIGUSR2'], (name) => heard.push(name))
  receive('SIGUSR2')
  receive('SIGHUP')
  listening[Symbol.dispose]()
  expect(heard).toEqual(['SIGUSR2', 'SIGHUP'])
  expect(process.listenerCount('SIGHUP')).toBe(0)
})

test('a signal that cannot be listened to leaves no limit behind', () => {
  using clock = useFakeClock()
  expect(() => signals(['SIGHUP', 'SIGKILL'], { timeout: 1000 })).toThrow('SIGKILL')
  expect(clock.timers).toBe(0)
  expect(process.listenerCount('SIGHUP')).toBe(0)
})
