import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string
}

it('is a program: version, exit code, and no word of a reader that leaves', () => {
  const run = (line: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync('sh', ['-c', line], {
      encoding: 'utf8',
      env: { ...process.env, NET: `${process.execPath} --conditions=@net/source ${main}` },
    })
  expect(run('$NET --version')).toMatchObject({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  })
  expect(run('$NET ls /nowhere/at/all <&-')).toMatchObject({ status: 3, stdout: '' })
  expect(run('$NET completion bash | head -1')).toMatchObject({
    stdout: expect.stringMatching(/^#.*\n$/),
    stderr: '',
  })
})
