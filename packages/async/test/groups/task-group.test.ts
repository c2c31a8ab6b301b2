import { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners, once } from 'node:events'

import { firstSuccess, sleep, taskGroup, type Task } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { GroupError, isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

const forever = async ({ signal }: { signal: AbortSignal }): Promise<void> =>
  sleep(Infinity, { signal })

describe('taskGroup', () => {
  test('ends after its children, and resolves to what the block returned', async () => {
    using clock = useFakeClock()
    const done: string[] = []
    const running = taskGroup(async (group) => {
      const task = group.spawn('number', async () => 41)
      group.spawn('slow', async ({ signal }) => {
        await sleep(100, { signal })
        done.push('slow')
      })
      return (await task.result) + 1
    })
    await clock.advance(99)
    expect(done).toEqual([])
    await clock.advance(1)
    expect(await running).toBe(42)
    expect(done).toEqual(['slow'])
  })

  test('[ASYNC-02] a task without a reference to it runs to its end, and is named in errors', async () => {
    using clock = useFakeClock()
    let ended = false
    const running = taskGroup(async (group) => {
      group.spawn('background', async () => {
        await sleep(1000)
        ended = true
      })
    })
    await clock.advance(1000)
    await running
    expect(ended).toBe(true)
    let reason: unknown
    const broken = taskGroup(async (group) => {
      group.spawn('upkeep', async () => Promise.reject(new Error('x')))
      await sleep(Infinity, { signal: group.signal }).finally(() => (reason = group.signal.reason))
    })
    await expect(broken).rejects.toThrow('x')
    expect(reason).toMatchObject({ message: 'task "upkeep" failed' })
  })

  test('[ASYNC-04] the first failure cancels the rest and rejects as itself', async () => {
    const failure = new Error('first')
    const reasons: unknown[] = []
    const running = taskGroup(async (group) => {
      group.spawn('waits', forever)
      group.spawn('looks', async ({ signal }) => {
        await once(signal, 'abort')
        reasons.push(signal.reason)
      })
      group.spawn('fails', async () => {
        throw failure
      })
      await sleep(Infinity, { signal: group.signal })
    })
    await expect(running).rejects.toBe(failure)
    expect(reasons).toEqual([expect.objectContaining({ code: 'NET_ABORTED', cause: failure })])
  })

  test('[ASYNC-04] several failures reject as a GroupError with all of them, the first one first', async () => {
    const running = taskGroup(async (group) => {
      group.spawn('second', async ({ signal }) => {
        await once(signal, 'abort')
        throw new Error('in the clean-up')
      })
      throw new Error('in the block')
    })
    await expect(running).rejects.toMatchObject({
      code: 'NET_GROUP',
      errors: [{ message: 'in the block' }, { message: 'in the clean-up' }],
    })
  })

  test('[ASYNC-15] grouped failures can be split by what they are', async () => {
    const error = await taskGroup(async (group) => {
      group.spawn('a', async () => {
        throw new TypeError('a')
      })
      group.spawn('b', async () => {
        throw new RangeError('b')
      })
    }).catch((failure: unknown) => failure)
    if (!(error instanceof GroupError)) throw error
    const [types, rest] = error.split((failure) => failure instanceof TypeError)
    expect(types?.errors.map(({ message }) => message)).toEqual(['a'])
    expect(rest?.errors.map(({ message }) => message)).toEqual(['b'])
  })

  test('[ASYNC-15] a group inside a group is filtered, too', async () => {
    const fails = (error: Error) => async (): Promise<never> => Promise.reject(error)
    const error = await taskGroup(async (group) => {
      group.spawn('inner', async () =>
        firstSuccess([fails(new TypeError('a')), fails(new RangeError('b'))]),
      )
      group.spawn('c', fails(new TypeError('c')))
    }).catch((failure: unknown) => failure)
    if (!(error instanceof GroupError)) throw error
    const [types, rest] = error.split((failure) => failure instanceof TypeError)
    expect(types?.errors).toMatchObject([{ message: 'c' }, { errors: [{ message: 'a' }] }])
    expect(rest?.errors).toMatchObject([{ errors: [{ message: 'b' }] }])
  })

  test('[ASYNC-08] a failure that was not awaited fails the group', async () => {
    const running = taskGroup(async (group) => {
      group.spawn('ignored', async () => {
        throw new Error('unseen')
      })
      return 'fine'
    })
    await expect(running).rejects.toThrow('unseen')
  })

  test('a failure that the block met in a result counts once', async () => {
    const failure = new Error('met')
    const running = taskGroup(async (group) => {
      const task = group.spawn('fails', async () => {
        throw failure
      })
      await task.result
    })
    await expect(running).rejects.toBe(failure)
  })

  test('synchronous errors, and thrown values that are not errors, fail the same way', async () => {
    await expect(
      taskGroup(async (group) => {
        group.spawn('sync', () => {
          throw new Error('at once')
        })
      }),
    ).rejects.toThrow('at once')
    await expect(
      taskGroup(async (group) => {
        group.spawn('text', () => Promise.reject('text'))
        group.spawn('number', () => Promise.reject(7))
      }),
    ).rejects.toMatchObject({ errors: [{ cause: 'text' }, { cause: 7 }] })
  })

  test('[ASYNC-05] is cancelled as a whole without an error', async () => {
    using clock = useFakeClock()
    const states: string[] = []
    const tasks: Task<unknown>[] = []
    const value = await taskGroup(async (group) => {
      tasks.push(group.spawn('waits', forever), group.spawn('also', forever))
      group.spawn('ends', async () => group.cancel('enough'))
      states.push(group.signal.reason as string)
      tasks.push(group.spawn('too late', forever))
      return 'returned'
    })
    expect(value).toBe('returned')
    expect(states).toEqual(['enough'])
    expect(tasks.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(clock.timers).toBe(0)
  })

  test('[ASYNC-05] a block that waits is ended, too, and gives undefined', async () => {
    const value = await taskGroup(async (group) => {
      group.spawn('ends', async () => group.cancel())
      await sleep(Infinity, { signal: group.signal })
      return 'never'
    })
    expect(value).toBeUndefined()
  })

  test('a failure while the group ends is a failure after all', async () => {
    const running = taskGroup(async (group) => {
      group.spawn('breaks', async ({ signal }) => {
        await once(signal, 'abort')
        throw new Error('broken')
      })
      group.cancel()
    })
    await expect(running).rejects.toThrow('broken')
  })

  test("the caller's abort rejects with its reason, and with what failed on the way", async () => {
    const controller = new AbortController()
    const running = taskGroup(
      async (group) => {
        group.spawn('breaks', async ({ signal }) => {
          await once(signal, 'abort')
          throw new Error('broken')
        })
        await sleep(Infinity, { signal: group.signal })
      },
      { signal: controller.signal },
    )
    controller.abort('bored')
    const error = await running.catch((failure: unknown) => failure)
    expect(isAbort(error)).toBe(true)
    expect(error).toMatchObject({ cause: 'bored', errors: [{ message: 'broken' }] })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('what failed inside a group inside is not lost with the abort', async () => {
    const controller = new AbortController()
    const running = taskGroup(
      async (outer) => {
        outer.spawn('inner', async ({ signal }) =>
          taskGroup(
            async (inner) => {
              inner.spawn('breaks', async (context) => {
                await once(context.signal, 'abort')
                throw new Error('deep')
              })
            },
            { signal },
          ),
        )
      },
      { signal: controller.signal },
    )
    controller.abort()
    await expect(running).rejects.toMatchObject({
      code: 'NET_ABORTED',
      errors: [{ message: 'deep' }],
    })
  })

  test('a signal that is aborted already rejects before the block begins', async () => {
    let begun = false
    const running = taskGroup(
      async () => {
        begun = true
      },
      { signal: AbortSignal.abort() },
    )
    await expect(running).rejects.toSatisfy(isAbort)
    expect(begun).toBe(false)
  })

  test('its time limit ends it, and a result that comes too late is disposed', async () => {
    using clock = useFakeClock()
    let disposed = false
    const running = taskGroup(
      async () => {
        await sleep(2000)
        return { [Symbol.asyncDispose]: async () => void (disposed = true) }
      },
      { timeout: 1000 },
    ).catch((error: unknown) => error)
    await clock.advance(2000)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 1000 })
    expect(disposed).toBe(true)
  })

  test('[H-ASYNC-01] of 100 children one fails: the others are aborted and settled within a second', async () => {
    using clock = useFakeClock()
    const tasks: Task<void>[] = []
    const running = taskGroup(async (group) => {
      for (let number = 0; number < 100; number++) {
        const task = group.spawn(`child ${number}`, async ({ signal }) => {
          if (number === 50) {
            await sleep(10, { signal })
            throw new Error('the one')
          }
          try {
            await sleep(Infinity, { signal })
          } finally {
            if (number === 70) await Promise.reject(new Error('another'))
          }
        })
        tasks.push(task)
      }
    }).catch((error: unknown) => error)
    await clock.advance(10)
    expect(clock.now()).toBe(10)
    expect(await running).toMatchObject({
      errors: [{ message: 'the one' }, { message: 'another' }],
    })
    const cancelled = tasks.filter(({ state }) => state === 'cancelled')
    expect(cancelled.length).toBe(98)
    expect(clock.timers).toBe(0)
  })

  test('[ASYNC-03] a task starts eagerly: it has run to its first wait when spawn returns', async () => {
    const steps: string[] = []
    await taskGroup(async (group) => {
      const task = group.spawn('eager', async () => {
        steps.push('begun')
        await Promise.resolve()
        steps.push('resumed')
      })
      steps.push('spawned')
      await task.result
    })
    expect(steps).toEqual(['begun', 'spawned', 'resumed'])
  })

  test('[ASYNC-45] tasks inherit the context in which they were spawned', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen = await storage.run('request 7', async () =>
      taskGroup(async (group) => {
        const task = group.spawn('child', async () => {
          await Promise.resolve()
          return storage.getStore()
        })
        return task.result
      }),
    )
    expect(seen).toBe('request 7')
  })

  test('children may spawn while the group ends; after its end none can', async () => {
    const names: string[] = []
    const group = await taskGroup(async (inner) => {
      inner.spawn('parent', async () => {
        await Promise.resolve()
        inner.spawn('grandchild', async () => void names.push('grandchild'))
      })
      return inner
    })
    expect(names).toEqual(['grandchild'])
    expect(() => group.spawn('late', forever)).toThrow(
      expect.objectContaining({ code: 'NET_CLOSED' }),
    )
  })

  test('leaves nothing behind, whichever way it ends', async () => {
    using _clock = useFakeClock()
    const controller = new AbortController()
    const options = { signal: controller.signal, timeout: 1000 }
    await checkNoLeaks(
      async () => {
        await taskGroup(async (group) => void group.spawn('a', async () => 1), options)
        await taskGroup(async (group) => {
          group.spawn('a', forever).cancel()
          group.spawn('b', forever)
          group.cancel()
        }, options)
        await taskGroup(async () => Promise.reject(new Error('x')), options).catch(() => {})
      },
      { listeners: [controller.signal] },
    )
  })

  test('refuses a value that is not a function', async () => {
    await expect(taskGroup(Promise.resolve() as never)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
    await expect(taskGroup(async () => 1, { grace: -1 })).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })
})
