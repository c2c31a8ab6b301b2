import { expect, test } from 'vitest'

import { SftpTree } from '@net/ssh/testing'

const how = {
  reads: true,
  writes: true,
  creates: true,
  exclusive: false,
  truncates: false,
  appends: false,
  mode: 0o600,
}

test('a tree is what a Unix system has', async () => {
  const tree = new SftpTree({
    '/in/a': 'eins',
    '/in/link': { link: 'a' },
    '/pipe': { type: 'pipe' },
  })
  expect(tree.paths()).toEqual(['/in/a', '/in/link', '/pipe'])
  expect([tree.text('/in/link'), tree.exists('/none'), tree.mode('/in/a')]).toEqual([
    'eins',
    false,
    0o644,
  ])
  const file = await tree.open('/in/b', how)
  await file.write(3, Buffer.from('x'))
  expect(tree.read('/in/b')).toEqual(Uint8Array.from([0, 0, 0, 120]))
  await file.set({ size: 2, permissions: 0o100640 })
  expect([tree.mode('/in/b'), (await file.stat()).size]).toEqual([0o640, 2])
  await tree.link('/in/a', '/hard')
  await tree.rename('/in/a', '/hard', true)
  expect([tree.exists('/in/a'), tree.exists('/hard')]).toEqual([true, true])
  expect(await tree.realPath('/in/link')).toBe('/in/a')
})

test('what cannot be done says why', async () => {
  const tree = new SftpTree({ '/a': 'x', '/in/b': 'x', '/loop': { link: 'loop' } })
  for (const [work, fault] of [
    [() => tree.mkdir('/in', undefined), 'exists'],
    [() => tree.mkdir('/none/x', undefined), 'missing'],
    [() => tree.rmdir('/in'), 'notEmpty'],
    [() => tree.rmdir('/a'), 'notFolder'],
    [() => tree.remove('/in'), 'isFolder'],
    [() => tree.readLink('/a'), 'notLink'],
    [() => tree.stat('/loop', true), 'missing'],
    [() => tree.stat('/a/b', true), 'notFolder'],
    [() => tree.stat(`/${'n'.repeat(256)}`, true), 'badName'],
    [() => tree.rename('/in', '/in/deep', true), 'failed'],
    [() => tree.open('/in', how), 'isFolder'],
    [() => tree.open('/a', { ...how, exclusive: true }), 'exists'],
  ] as const) {
    await expect(work()).rejects.toMatchObject({ fault })
  }
})

test('a tree that is full takes no more', async () => {
  const tree = new SftpTree({ '/a': 'x' })
  tree.capacity = 5
  const file = await tree.open('/b', how)
  await file.write(0, Buffer.from('four'))
  await expect(file.write(4, Buffer.from('y'))).rejects.toMatchObject({ fault: 'full' })
})
