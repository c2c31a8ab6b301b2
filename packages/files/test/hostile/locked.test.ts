import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { testFolder, type TestFolder } from '../local/folder.ts'

const program = join(import.meta.dirname, 'mirrored-as-user.ts')

/** The two trees, with what nobody may read in both, owned by the user that mirrors them. */
async function lockedIn(folder: TestFolder): Promise<void> {
  const contents = {
    'from/locked': 'newer',
    'from/shut/a': 'newer',
    'from/fine': 'text',
    'from/written': 'new content',
    'to/locked': 'old',
    'to/shut/b': 'stays',
    'to/written': 'old',
    'to/gone': 'too much',
    'to/closed/c': 'stays',
  }
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(join(folder.at(path), '..'), { recursive: true })
    await writeFile(folder.at(path), text)
  }
  if (process.getuid?.() === 0) {
    for (const path of await readdir(folder.path, { recursive: true })) {
      await chown(folder.at(path), 65_534, 65_534)
    }
    await chmod(folder.path, 0o755)
  }
  for (const path of ['from/locked', 'from/shut', 'to/written', 'to/closed']) {
    await chmod(folder.at(path), 0)
  }
}

test.skipIf(process.platform === 'win32')(
  'what this user may not read fails alone, in the source and on the target, and its copies stay',
  async () => {
    await using folder = await testFolder()
    await lockedIn(folder)
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@net/source',
      program,
      folder.at('from'),
      folder.at('to'),
    ])
    for (const path of ['from/shut', 'to/written', 'to/closed']) await chmod(folder.at(path), 0o755)
    const { code, told } = JSON.parse(stdout) as {
      code: string
      told: { path: string; why: string }[]
    }
    expect(code).toBe('NET_PARTIAL_TRANSFER')
    expect(Object.fromEntries(told.map(({ path, why }) => [path, why]))).toEqual({
      locked: 'NET_ACCESS_DENIED',
      shut: 'NET_ACCESS_DENIED',
      'shut/b': 'keep not listed',
      fine: 'make missing',
      written: 'replace size',
      gone: 'remove not in the source',
      closed: 'NET_ACCESS_DENIED',
    })
    const texts = ['locked', 'shut/b', 'written', 'closed/c', 'fine'].map((path) =>
      readFile(folder.at('to', path), 'utf8'),
    )
    expect(await Promise.all(texts)).toEqual(['old', 'stays', 'new content', 'stays', 'text'])
    expect((await readdir(folder.at('to'))).toSorted()).toEqual([
      'closed',
      'fine',
      'locked',
      'shut',
      'written',
    ])
  },
)
