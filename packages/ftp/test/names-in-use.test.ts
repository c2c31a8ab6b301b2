import { expect, test } from 'vitest'

import { NamesInUse } from '../src/names-in-use.ts'

test('a name is free again when the work on it has ended, however that was', async () => {
  const names = new NamesInUse()
  const failing = names.during('a', () => Promise.reject(new Error('no')))
  await expect(names.during('a', async () => 1)).rejects.toMatchObject({ code: 'NET_BUSY' })
  await expect(names.during('b', async () => 2)).resolves.toBe(2)
  await expect(failing).rejects.toThrow('no')
  await expect(names.during('a', async () => 3)).resolves.toBe(3)
})
