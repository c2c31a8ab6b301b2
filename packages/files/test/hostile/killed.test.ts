import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { localFiles, mirror } from '@net/files'
import { expect, test } from 'vitest'

import { testFolder, type TestFolder } from '../local/folder.ts'
import { contentsOf } from '@net/files/testing'

const times = process.env['NET_SOAK'] === undefined ? 2 : 50
const program = join(import.meta.dirname, 'mirrored-then-killed.ts')

async function sourceIn(folder: TestFolder): Promise<void> {
  for (let number = 0; number < 60; number++) {
    const name = folder.at('from', `folder-${number % 6}`, `file-${number}`)
    await mkdir(join(name, '..'), { recursive: true })
    await writeFile(name, `${number}-`.repeat(number % 10 === 0 ? 200_000 : 100))
    await utimes(name, 1_700_000_000 + number, 1_700_000_000 + number)
  }
}

/** A target with files that are old, of another type, or too many. */
async function targetIn(folder: TestFolder, name: string): Promise<string> {
  const path = folder.at(name)
  await mkdir(join(path, 'folder-0', 'file-6'), { recursive: true })
  await mkdir(join(path, 'gone', 'deep'), { recursive: true })
  for (let number = 0; number < 20; number++) {
    await writeFile(join(path, 'gone', 'deep', `${number}`), 'old')
    await writeFile(join(path, 'folder-0', `old-${number}`), 'old')
  }
  await writeFile(join(path, 'folder-1'), 'a file where a folder has to be')
  return path
}

/** Runs the mirror in another process, which is killed at this moment of its target, or after so many ms; resolves to whether it was still at work. */
async function killed(from: string, to: string, ...when: readonly string[]): Promise<boolean> {
  const options = ['--conditions=@net/source', program, from, to, ...when]
  const child = spawn(process.execPath, options, { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === null
}

test.each(['moments', 'ms'])(
  'killed after any number of %s and run again, a mirror is the same each time',
  async (unit) => {
    await using folder = await testFolder()
    await sourceIn(folder)
    const from = localFiles(folder.at('from'))
    const expected = await contentsOf(from)
    let cut = 0
    for (let time = 0; time < times; time++) {
      const path = await targetIn(folder, `to-${time}`)
      const when = unit === 'ms' ? (time * 1.7) % 60 : 2 + ((time * 37) % 300)
      if (await killed(folder.at('from'), path, String(when), unit)) cut++
      for (const name of await readdir(path, { recursive: true, withFileTypes: true })) {
        // What has its own name is whole: the new file or the old one.
        const relative = join(name.parentPath, name.name).slice(path.length + 1)
        if (!name.isFile() || relative.includes('.part')) continue
        const wanted = expected[relative]
        const content = await localText(path, relative)
        expect(
          content === wanted || content.startsWith('old') || content.startsWith('a file'),
        ).toBe(true)
      }
      await mirror(from, localFiles(path), { delete: 'all' })
      expect(await contentsOf(localFiles(path))).toEqual(expected)
      expect(await mirror(from, localFiles(path), { delete: 'all' })).toMatchObject({
        transferred: 0,
        removed: 0,
      })
    }
    // How far it comes in a time is the machine's to say.
    if (unit === 'moments') expect(cut).toBeGreaterThan(0)
  },
  600_000,
)

async function localText(path: string, name: string): Promise<string> {
  const chunks = await Array.fromAsync(localFiles(path).read(name))
  return Buffer.concat(chunks).toString('utf8')
}
