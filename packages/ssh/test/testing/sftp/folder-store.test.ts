import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { FolderStore } from '../../../src/testing/sftp/folder-store.ts'

test('a folder of this machine has files, links and attributes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  const store = new FolderStore(folder)
  const how = {
    reads: true,
    writes: true,
    creates: true,
    exclusive: false,
    truncates: true,
    appends: false,
    mode: 0o600,
  }
  await store.mkdir('/in', 0o755)
  const file = await store.open('/in/a', how)
  await file.write(2, Buffer.from('xyz'))
  expect(Buffer.from(await file.read(1, 10)).toString()).toBe('\0xyz')
  await file.set({ size: 4, permissions: 0o640, modified: 1_500_000_000 })
  await file.close()
  expect(statSync(join(folder, 'in/a')).mode & 0o777).toBe(0o640)
  await store.symlink('a', '/in/link')
  await store.link('/in/a', '/in/hard')
  expect([await store.readLink('/in/link'), await store.realPath('/in/link')]).toEqual([
    'a',
    '/in/a',
  ])
  expect((await store.list('/in')).map(({ name }) => name).toSorted()).toEqual([
    'a',
    'hard',
    'link',
  ])
  await store.set('/in/a', { size: 3, modified: 1_600_000_000, permissions: 0o600 })
  expect(await store.stat('/in/link', true)).toMatchObject({ size: 3, modified: 1_600_000_000 })
  await expect(store.rename('/in/a', '/in/hard', false)).rejects.toMatchObject({ fault: 'exists' })
  await store.rename('/in/a', '/in/b', true)
  expect(readFileSync(join(folder, 'in/b'), 'latin1')).toBe('\0\0x')
  for (const [work, fault] of [
    [() => store.rmdir('/in'), 'notEmpty'],
    [() => store.stat('/none', true), 'missing'],
    [() => store.readLink('/in/b'), 'notLink'],
    [() => store.mkdir('/in', undefined), 'exists'],
  ] as const) {
    await expect(work()).rejects.toMatchObject({ fault })
  }
})
