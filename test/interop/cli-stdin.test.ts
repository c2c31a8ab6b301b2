// The net command with whatever standard input a program is started with: it reads none that was not asked for.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { map } from '@net/async'
import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { netCommand, netEnvironment } from './net-command.ts'

const inputs = ['/dev/null', 'closed', 'an empty pipe', 'a pipe that stays open'] as const
type Input = (typeof inputs)[number]

test('with a standard input of any kind a command does the same', async () => {
  await using web = await startHttpServer({
    routes: { '/': ({ method }) => ({ body: method }) },
  })
  await using ftp = await startFtpServer({ files: { '/in/a': 'x' } })
  using folder = temporaryFolder('stdin')
  const file = join(folder.path, 'a')
  writeFileSync(file, 'y')
  const mail = ['--from', 'a@b.example', '--to', 'c@d.example', '--text', 'x']
  const commands: readonly (readonly [args: readonly string[], status: number, printed: string])[] =
    [
      [['get', `${web.url}/`], 0, 'GET'],
      [['post', '-d', 'a=1', `${web.url}/`], 0, 'POST'],
      [['ls', `${ftp.url}/in`], 0, 'a\n'],
      [['cat', file], 0, 'y'],
      [['rm', '--glob', `${ftp.url}/*.none`], 3, ''],
      [['send', 'smtp://127.0.0.1:1', '--retry', '0', ...mail], 4, ''],
    ]
  const runs = inputs.flatMap((input) =>
    commands.map(([args, status, printed]) => ({ input, args, wanted: [status, printed] })),
  )
  const ended = await map(runs, ({ input, args }) => run(input, args), { concurrency: 2 })
  expect(ended).toEqual(
    runs.map(({ input, args: [name], wanted }) => ({ input, name, ended: wanted })),
  )
})

async function run(
  input: Input,
  args: readonly string[],
): Promise<{
  readonly input: Input
  readonly name: string | undefined
  readonly ended: readonly (string | number | null)[]
}> {
  const shell = input === 'closed' ? ['/bin/sh', '-c', 'exec "$@" <&-', 'sh'] : []
  const [program = '', ...rest] = [...shell, ...netCommand, ...args]
  const child = spawn(program, rest, {
    stdio: [input === '/dev/null' || input === 'closed' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: netEnvironment('/nowhere'),
  })
  if (input === 'an empty pipe') child.stdin?.end()
  const [stdout] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit'),
  ])
  return { input, name: args[0], ended: [child.exitCode, stdout] }
}
