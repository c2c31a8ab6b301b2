import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { at, localFiles, mirror } from '@net/files'
import { expect, test } from 'vitest'

import { testFolder } from '../local/folder.ts'

const program = join(import.meta.dirname, 'stated-then-killed.ts')

test('killed behind any of 2,000 files, the next run sends those that are not there, and no others', async () => {
  await using folder = await testFolder()
  const from = folder.at('from')
  await mkdir(from)
  for (let number = 0; number < 2000; number++) await writeFile(join(from, `${number}`), 'text')
  for (const last of [1, 700, 1999]) {
    const [to, own] = [folder.at(`to-${last}`), folder.at(`own-${last}`)]
    await mkdir(own)
    const words = ['--conditions=@net/source', program, from, to, own, String(last)]
    const [code] = (await once(spawn(process.execPath, words, { stdio: 'inherit' }), 'exit')) as [
      number | null,
    ]
    expect(code).toBeNull()
    const arrived = (await readdir(to)).filter((name) => !name.endsWith('.part')).length
    // Those that were under way may have their names, and were not told any more.
    expect(arrived).toBeGreaterThanOrEqual(last)
    expect(arrived).toBeLessThanOrEqual(last + 8)
    const state = at(localFiles(own), 'state')
    const report = await mirror(localFiles(from), localFiles(to), { state, delete: true })
    expect(report).toMatchObject({ made: 2000 - arrived, kept: arrived, replaced: 0 })
    const again = await mirror(localFiles(from), localFiles(to), { state, delete: true })
    expect(again).toMatchObject({ made: 0, kept: 2000, transferred: 0, removed: 0 })
  }
}, 300_000)
