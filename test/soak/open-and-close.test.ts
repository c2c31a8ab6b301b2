// What is left of 10,000 connections of each protocol that were opened and closed, one after the other.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

test.each(['tcp', 'http', 'ftp', 'smtp', 'ssh', 'sftp'])(
  '[H-CORE-25] 10,000 connections of %s leave no handle, and no more than 5 MB of heap',
  async (protocol) => {
    const program = fileURLToPath(new URL('./open-and-close.ts', import.meta.url))
    const args = ['--expose-gc', '--conditions=@net/source', program, protocol, '10000']
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { grown, left } = JSON.parse(stdout) as { grown: number; left: readonly string[] }
    expect(left).toEqual([])
    expect(grown).toBeLessThan(5_000_000)
    console.log(`${protocol}: the heap has grown by ${grown} bytes`)
  },
  600_000,
)
