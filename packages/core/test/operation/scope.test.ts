import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'

import { Scope } from '../../src/operation/scope.ts'

const reason = netError('NET_ABORTED', { message: 'stopped' })

test('work that settles decides itself', async () => {
  expect(await new Scope().race(() => Promise.resolve(7))).toBe(7)
  await expect(new Scope().race(() => Promise.reject(new Error('own')))).rejects.toThrow('own')
})

test('stopping rejects as soon as the work has let go', async () => {
  const scope = new Scope()
  const steps: string[] = []
  const raced = scope.race(
    () =>
      new Promise((_resolve, reject) => {
        scope.onStop(() => {
          steps.push('let go')
          reject(new Error('engine noise'))
        })
      }),
  )
  scope.stop(reason)
  await expect(raced).rejects.toBe(reason)
  expect(steps).toEqual(['let go'])
})

test('a part that has left does not stop with the whole', () => {
  const scope = new Scope()
  const parts = [new Scope(), new Scope()] as const
  for (const part of parts) scope.adopt(part)
  scope.leave(parts[0])
  scope.stop(reason)
  expect(parts.map((part) => part.reason)).toEqual([undefined, reason])
})

test('work that never lets go is left behind', async () => {
  const scope = new Scope()
  const raced = scope.race(() => new Promise(() => {}))
  scope.stop(reason)
  await expect(raced).rejects.toBe(reason)
})

test('what arrives too late is disposed, not leaked', async () => {
  const scope = new Scope()
  const late = Promise.withResolvers<AsyncDisposable>()
  const disposed = Promise.withResolvers<string>()
  const raced = scope.race(() => late.promise)
  scope.stop(reason)
  late.resolve({
    [Symbol.asyncDispose]: () => {
      disposed.resolve('disposed')
      return Promise.resolve()
    },
  })
  await expect(raced).rejects.toBe(reason)
  expect(await disposed.promise).toBe('disposed')
})

test('an error of the work with the same code may tell more', async () => {
  const scope = new Scope()
  const more = netError('NET_ABORTED', { message: 'stopped', partial: 'half' })
  const raced = scope.race(
    () => new Promise((_resolve, reject) => void scope.onStop(() => reject(more))),
  )
  scope.stop(reason)
  await expect(raced).rejects.toBe(more)
})

test('a late listener is called at once, and the signal is aborted too', () => {
  const scope = new Scope()
  const before = scope.signal
  scope.stop(reason)
  scope.stop(netError('NET_CLOSED', { message: 'later' }))
  const told: unknown[] = []
  scope.onStop((why) => void told.push(why))
  expect(told).toEqual([reason])
  expect(before.reason).toBe(reason)
})

test('a part that was taken in stops with it, also when it is taken in afterwards', () => {
  const scope = new Scope()
  const [early, late] = [new Scope(), new Scope()]
  scope.adopt(early)
  const heard: string[] = []
  early.onStop(({ code }) => void heard.push(`early ${code}`))
  late.onStop(({ code }) => void heard.push(`late ${code}`))
  scope.stop(reason)
  scope.adopt(late)
  expect(heard).toEqual(['early NET_ABORTED', 'late NET_ABORTED'])
  expect([early.reason, late.reason]).toEqual([reason, reason])
})

test('a result that came too late is disposed, and what that throws or how long it takes ends nothing', async () => {
  for (const dispose of [
    () => Promise.reject(new Error('broken')),
    () => new Promise<void>(() => {}),
  ]) {
    const scope = new Scope()
    let isDisposed = false
    const raced = scope.race(async () => {
      scope.stop(reason)
      return {
        async [Symbol.asyncDispose]() {
          isDisposed = true
          await dispose()
        },
      }
    })
    await expect(raced).rejects.toBe(reason)
    expect(isDisposed).toBe(true)
  }
})
