import { expect, test } from 'vitest'

import { MemoryFiles } from '@net/core/testing'

import { NotAllowed, UserTree } from '../../src/testing/user-tree.ts'

test('[H-FTP-26] a user cannot leave the home', () => {
  const tree = new UserTree({ files: new MemoryFiles(), homes: { joe: '/home/joe/' } })
  tree.user = 'joe'
  tree.enter('in')
  expect(tree.folder).toBe('/in')
  expect(tree.path('a')).toBe('/home/joe/in/a')
  expect(tree.path('../../../../etc/passwd')).toBe('/home/joe/etc/passwd')
  expect(tree.path('/')).toBe('/home/joe/')
  tree.user = 'constructor'
  expect(tree.path('/a')).toBe('/a')
})

test('the longest path with a permission counts', () => {
  const permissions = { '/': 'read', '/in': 'all', '/in/box': 'add', '/in/no': 'none' } as const
  const tree = new UserTree({ files: new MemoryFiles({ '/in/a': '12345' }), permissions })
  expect(tree.reading('/x')).toBe('/x')
  expect(() => tree.need('/x', 'add')).toThrow(NotAllowed)
  expect(() => tree.need('/in/a', 'all')).not.toThrow()
  expect(() => tree.need('/in/box/a', 'add')).not.toThrow()
  expect(() => tree.need('/in/box/a', 'all')).toThrow(NotAllowed)
  expect(() => tree.reading('/in/box/a')).toThrow(NotAllowed)
  expect(() => tree.reading('/in/no/a')).toThrow(NotAllowed)
  expect(() => tree.need('/in/nobody', 'all')).not.toThrow()
  expect(tree.used).toBe(5)
})
