import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { fromFile, type Source } from '@net/core'
import { openSource, operation } from '@net/core/authoring'

import { sourceBlocks } from '../../src/sftp/source-blocks.ts'

test('small chunks fill blocks, and large ones are cut', async () => {
  const source = async function* source(): AsyncGenerator<Uint8Array> {
    // The memory is used again, as that of a caller may be.
    const memory = Buffer.alloc(3)
    for (let at = 0; at < 10; at++) yield memory.fill(`${at}`)
    yield Buffer.from('x'.repeat(20))
  }
  expect(await blocksOf(source)).toEqual([
    '00011122',
    '23334445',
    '55666777',
    '888999xx',
    'xxxxxxxx',
    'xxxxxxxx',
    'xx',
  ])
})

test('a file is read into the memory itself', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  writeFileSync(path, '0123456789abcdef!')
  expect(await blocksOf(fromFile(path))).toEqual(['01234567', '89abcdef', '!'])
})

test('what a source throws is the error of the call', async () => {
  const broken = async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    throw new Error('broken')
  }
  await expect(blocksOf(broken)).rejects.toThrow('broken')
})

function blocksOf(source: Source): Promise<readonly string[]> {
  const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
  return operation(spec, undefined, async (op) => {
    await using opened = await openSource(source)
    const room = async (): Promise<Uint8Array> => Buffer.alloc(8)
    const blocks = sourceBlocks(op, opened, room)
    return await Array.fromAsync(blocks, ({ memory, length }) =>
      Buffer.from(memory.subarray(0, length)).toString(),
    )
  })
}
