import { expect, test } from 'vitest'

import { newLink } from '../../src/memory/memory-node.ts'
import { memoryCapabilities } from '../../src/memory/memory-options.ts'
import { MemoryTree } from '../../src/memory/memory-tree.ts'

test('finds what is there, under the spelling that it has', () => {
  const tree = new MemoryTree({ ...memoryCapabilities, letterCase: 'ignored' })
  const file = tree.makeFile('In/File')
  expect(tree.file('in/fILE')).toBe(file)
  expect(tree.spelling('IN/FILE')).toBe('File')
  expect(() => tree.folder('in/file')).toThrow('it is a file')
  expect(() => tree.child('out')).toThrow('there is no out')
})

test('follows links only where it is told, and never out of the tree', () => {
  const tree = new MemoryTree(memoryCapabilities)
  tree.makeFile('in/file')
  tree.put('in/one', newLink('two'))
  tree.put('in/two', newLink('./file'))
  tree.put('out', newLink('../etc'))
  tree.put('loop', newLink('loop'))
  expect(tree.endOfLinks('in/one')).toBe('in/file')
  expect(() => tree.endOfLinks('out')).toThrow('leads out of the tree')
  expect(() => tree.endOfLinks('loop')).toThrow('too many links')
})
