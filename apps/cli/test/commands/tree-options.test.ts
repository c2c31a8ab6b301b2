import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { describe, expect, it } from 'vitest'

import { moveOptions, treeOptions } from '../../src/commands/tree-options.ts'
import type { Call } from '../../src/call.ts'
import { net, temporaryFolder } from '../net.ts'

describe('treeOptions', () => {
  it('gives the options of the command line their names in the package', () => {
    const { signal } = new AbortController()
    const options = {
      exclude: ['*.log'],
      only: ['*.csv'],
      links: 'keep',
      retry: 1,
      newer: true,
    } as const
    expect(treeOptions({ options, signal } as unknown as Call)).toMatchObject({
      exclude: ['*.log'],
      include: ['*.csv'],
      symlinks: 'keep',
      signal,
    })
    expect(moveOptions({ options, signal } as unknown as Call)).toMatchObject({
      newer: true,
      retry: 2,
    })
  })
})

describe('toldTree', () => {
  it('draws a line for each file and one for all on a terminal', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    for (const name of ['a', 'b']) writeFileSync(join(folder.path, 'tree', name), 'x'.repeat(1000))
    const { err, out } = await net(['mirror', join(folder.path, 'tree'), join(folder.path, 'to')], {
      columns: 40,
    })
    expect(out).toBe('')
    expect(err).toMatch(/\u001b\[Kmake a 1000 B \(missing\)\n/)
    expect(err).toMatch(/\u001b\[Kmake b 1000 B \(missing\)\n/)
    expect(err).toMatch(/2\.0 KiB of 2\.0 KiB, .*\/s\n2 made, 2\.0 KiB moved\n$/)
  })

  it('[H-APP-05] sums up what was done when a file fails, with a line for it, exit code 1, and no short file', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    for (const name of ['a', 'b', 'c'])
      writeFileSync(join(folder.path, 'tree', name), 'x'.repeat(1000))
    await using ftp = await startFtpServer({ quota: 2500 })
    const { code, err } = await net([
      'mirror',
      '--retry',
      '0',
      '-j',
      '1',
      join(folder.path, 'tree'),
      `${ftp.url}/to`,
    ])
    expect(code).toBe(1)
    expect(err).toMatch(/^net mirror: [abc]: .*552/m)
    expect(err).toMatch(/2 made, .*1 failed|3 made, .*1 failed/)
    for (const path of ftp.files.paths()) {
      if (/^\/to\/[abc]$/.test(path)) expect(ftp.files.stat(path).size).toBe(1000)
    }
    const again = await net([
      'mirror',
      '--json',
      '--retry',
      '0',
      join(folder.path, 'tree'),
      `${ftp.url}/to`,
    ])
    expect(again.code).toBeGreaterThan(0)
    expect(again.events.at(-1)).toMatchObject({ type: 'report', failed: 1 })
  })
})
