import { expect, test, vi } from 'vitest'

import { OwnedIterator } from '../../src/iterators/owned-iterator.ts'

class Once extends OwnedIterator<number> {
  closed = 0
  readonly #failure: Error | undefined

  constructor(failure?: Error) {
    super()
    this.#failure = failure
  }

  override async next(): Promise<IteratorResult<number, undefined>> {
    return { done: false, value: 7 }
  }

  override async return(): Promise<IteratorResult<number, undefined>> {
    this.closed++
    if (this.#failure !== undefined) throw this.#failure
    return { done: true, value: undefined }
  }
}

test('is closed at the end of its block and by leaving its loop', async () => {
  const once = new Once()
  {
    await using held = once
    for await (const value of held) {
      expect(value).toBe(7)
      break
    }
  }
  expect(once.closed).toBe(2)
})

test('what closing throws rejects a loop, and is a warning at the end of a block', async () => {
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  const loop = async (): Promise<void> => {
    for await (const _ of new Once(new Error('stuck'))) break
  }
  await expect(loop()).rejects.toThrow('stuck')
  expect(warned).not.toHaveBeenCalled()
  {
    await using _held = new Once(new Error('stuck'))
  }
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('stuck'), {
    code: 'NET_DISCARD_FAILED',
  })
})
