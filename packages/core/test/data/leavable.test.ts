import { leavable } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const END = { done: true, value: undefined }

describe('leavable', () => {
  test('gives what the generator gives, and closes it as the language does', async () => {
    const trail: string[] = []
    const numbers = leavable(
      (async function* () {
        try {
          yield 1
          yield 2
        } finally {
          await Promise.resolve()
          trail.push('closed')
        }
      })(),
      { leave: () => void trail.push('left') },
    )
    for await (const number of numbers) if (number === 2) break
    expect(trail).toEqual(['closed'])
    expect(await numbers.next()).toEqual(END)
  })

  test('is left at once while it waits', async () => {
    const silent = Promise.withResolvers<number>()
    const trail: string[] = []
    const items = leavable(
      (async function* () {
        try {
          yield await silent.promise
        } finally {
          trail.push('closed')
        }
      })(),
      {
        leave: () => {
          trail.push('left')
          silent.reject(new Error('left'))
        },
        late: (error) => void trail.push((error as Error).message),
      },
    )
    const waiting = items.next()
    expect(await items.return(undefined)).toEqual(END)
    expect(await waiting).toEqual(END)
    expect(trail).toEqual(['left', 'closed', 'left'])
    expect(await items.next()).toEqual(END)
  })

  test('waits for what leaving takes, and for nothing else', async () => {
    let released = false
    const items = leavable(
      (async function* () {
        yield await new Promise<never>(() => {})
      })(),
      {
        leave: async () => {
          await Promise.resolve()
          released = true
        },
      },
    )
    void items.next()
    await items[Symbol.asyncDispose]()
    expect(released).toBe(true)
  })

  test('an item that was there when it was left is given', async () => {
    const items = leavable(
      (async function* () {
        yield 1
      })(),
      { leave: () => {} },
    )
    const [item, end] = await Promise.all([items.next(), items.return(undefined)])
    expect(item).toEqual({ done: false, value: 1 })
    expect(end).toEqual(END)
  })

  test('an error that is thrown in closes it and comes back', async () => {
    const trail: string[] = []
    const items = leavable(
      (async function* () {
        try {
          yield 1
        } finally {
          trail.push('closed')
        }
      })(),
      { leave: () => {} },
    )
    await items.next()
    await expect(items.throw(new Error('out'))).rejects.toThrow('out')
    expect(trail).toEqual(['closed'])
  })
})
