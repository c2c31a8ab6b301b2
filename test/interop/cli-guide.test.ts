// The shell examples of the command's README and guide: each runs in a folder of its own and prints what it says.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { root } from '@tools/workspace'
import { describe, expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { netCommand, netEnvironment } from './net-command.ts'

interface Fence {
  readonly line: number
  readonly code: string
}

describe.each(['apps/cli/README.md', 'docs/guide/command.md'])('%s', (file) => {
  test.each(fencesOf(readFileSync(join(root, file), 'utf8')))('line $line', async ({ code }) => {
    using folder = temporaryFolder('guide')
    const program = join(folder.path, 'bin/net')
    mkdirSync(join(folder.path, 'bin'))
    mkdirSync(join(folder.path, 'work'))
    writeFileSync(program, `#!/bin/sh\nexec ${netCommand.join(' ')} "$@"\n`)
    chmodSync(program, 0o755)
    const environment = netEnvironment(folder.path)
    const child = spawn('bash', ['-c', `set -eu\n${code}`], {
      cwd: join(folder.path, 'work'),
      env: { ...environment, PATH: `${folder.path}/bin:${environment['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the servers of an example end with it.
      detached: true,
    })
    child.once('exit', () => endGroup(child.pid))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    const wanted = [...code.matchAll(/# => (.*)$/gm)].map(([, value]) => value)
    const printed = stdout.split('\n').filter((line) => line !== '')
    expect({ printed, stderr }).toEqual({ printed: wanted, stderr })
  })
})

function fencesOf(markdown: string): readonly Fence[] {
  const found = [...markdown.matchAll(/^```sh\n([^]*?)^```$/gm)]
  return found.map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }))
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGTERM')
  } catch (error) {
    // An example without servers has left nobody.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
