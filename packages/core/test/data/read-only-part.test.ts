import { execFile } from 'node:child_process'
import { chmod, chown, link, stat, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { temporaryFolder } from './folder.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

/** Runs the program in a process that may not write everything, as root may; gives what it prints. */
async function asNobody(program: string): Promise<string> {
  const core = JSON.stringify(import.meta.resolve('@net/core'))
  const sinks = JSON.stringify(import.meta.resolve('../../src/data/sink.ts'))
  const lines = [
    `import { toFile } from ${core}`,
    `import { openSink } from ${sinks}`,
    `await openSink(() => {})`,
    isRoot ? `process.setgid(${NOBODY}); process.setuid(${NOBODY})` : '',
    program,
  ]
  const run = ['--conditions=@net/source', '--input-type=module', '-e', lines.join('\n')]
  const { stdout } = await promisify(execFile)(process.execPath, run)
  return stdout
}

test.skipIf(process.platform === 'win32')(
  'a read-only part is gone on with by its owner, keeps its mode, and becomes a read-only file',
  async () => {
    await using folder = await temporaryFolder()
    if (isRoot) await chown(folder.path, NOBODY, NOBODY)
    for (const [name, old] of [
      ['given', false],
      ['replaced', true],
    ] as const) {
      const path = folder.at(name)
      if (old) {
        await writeFile(path, 'old', { mode: 0o400 })
        if (isRoot) await chown(path, NOBODY, NOBODY)
      }
      const sink = `toFile(${JSON.stringify(path)}, { keepPart: true${old ? '' : ', mode: 0o400'} })`
      const more = `const cut = await openSink(${sink}, { resume: true })
        await cut.write(Buffer.from('abc'))
        await cut.abort()`
      for (let times = 0; times < 2; times++) {
        await asNobody(more)
        expect((await stat(`${path}.part`)).mode & 0o777).toBe(0o400)
      }
      const last = `const last = await openSink(${sink}, { resume: true })
        await last.commit()
        console.log(last.position)`
      expect(await asNobody(last)).toBe('6\n')
      expect(await stat(path).then(({ mode, size }) => [mode & 0o777, size])).toEqual([0o400, 6])
    }
  },
)

test.skipIf(process.platform === 'win32')(
  'a part that its owner may not even read, and one with two names, is refused and stays as it is',
  async () => {
    await using folder = await temporaryFolder()
    if (isRoot) await chown(folder.path, NOBODY, NOBODY)
    const tries = ['unreadable', 'linked'] as const
    for (const name of tries) {
      const part = folder.at(`${name}.part`)
      await writeFile(part, 'abc')
      await chmod(part, name === 'linked' ? 0o400 : 0)
      if (isRoot) await chown(part, NOBODY, NOBODY)
      if (name === 'linked') await link(part, folder.at('other'))
      const path = JSON.stringify(folder.at(name))
      const told = await asNobody(
        `await openSink(toFile(${path}), { resume: true }).catch(({ message }) => console.log(message))`,
      )
      expect(told).toMatch(/opening .*\.part failed: access is denied \(EACCES\)/u)
      expect((await stat(part)).mode & 0o777).toBe(name === 'linked' ? 0o400 : 0)
    }
  },
)
