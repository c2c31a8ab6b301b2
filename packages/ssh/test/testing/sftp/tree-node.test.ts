import { expect, test } from 'vitest'

import {
  nodeAttributes,
  bytesOf,
  change,
  newNode,
  nodeOf,
  now,
  resize,
} from '../../../src/testing/sftp/tree-node.ts'

test('nodes of every kind tell what they are', () => {
  expect(nodeAttributes(nodeOf('hello'))).toMatchObject({
    size: 5,
    permissions: 0o100644,
    uid: 1000,
  })
  expect(nodeAttributes(nodeOf({ type: 'pipe' }))).toMatchObject({ permissions: 0o010644 })
  expect(nodeOf({ link: 'é' }).target).toBe(bytesOf('é'))
  expect(Math.abs(newNode('folder', 0o755).modified - now())).toBeLessThan(5)
})

test('a node that is cut and filled up again has zeros in between', () => {
  const node = nodeOf('hello')
  resize(node, 2)
  resize(node, 4)
  expect(node.bytes.subarray(0, 4)).toEqual(Buffer.from('he\0\0'))
  change(node, { size: 1, uid: 7, gid: 8, permissions: 0o100600, accessed: 1, modified: 2 })
  node.told = 99
  expect(nodeAttributes(node)).toEqual({
    size: 99,
    uid: 7,
    gid: 8,
    permissions: 0o100600,
    accessed: 1,
    modified: 2,
  })
})
