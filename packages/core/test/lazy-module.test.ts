import { lazyModule } from '@net/core/authoring'
import { expect, test, vi } from 'vitest'

const fs = process.getBuiltinModule('node:fs')

function failing(code: string): Disposable {
  const spy = vi.spyOn(fs, 'openSync').mockImplementation(() => {
    throw Object.assign(new Error(code), { code })
  })
  return { [Symbol.dispose]: () => spy.mockRestore() }
}

test('a module is loaded once, at the first call', async () => {
  const load = vi.fn(async () => ({ answer: 42 }))
  const module = lazyModule(load)
  expect(load).not.toHaveBeenCalled()
  const [one, two] = await Promise.all([module(), module()])
  expect(one).toBe(two)
  expect(await module()).toBe(one)
  expect(load).toHaveBeenCalledTimes(1)
})

test('without descriptors no import is begun, and the next call tries again', async () => {
  const load = vi.fn(async () => ({ answer: 42 }))
  const module = lazyModule(load)
  {
    using _ = failing('EMFILE')
    await expect(module()).rejects.toMatchObject({ code: 'EMFILE' })
  }
  expect(load).not.toHaveBeenCalled()
  expect(await module()).toEqual({ answer: 42 })
})

test('an import that failed is tried again; a program that cannot be read says nothing of descriptors', async () => {
  using _ = failing('EACCES')
  const load = vi.fn(async () => ({ answer: 42 })).mockRejectedValueOnce(new Error('not there'))
  const module = lazyModule(load)
  await expect(module()).rejects.toThrow('not there')
  expect(await module()).toEqual({ answer: 42 })
})
