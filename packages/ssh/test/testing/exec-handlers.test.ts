import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { commandLine, commandText } from '../../src/command-line.ts'
import { execHandler, readCommandLine, type ExecIo } from '../../src/testing/exec-handlers.ts'

function io(command: string): { io: ExecIo; printed: string[] } {
  const printed: string[] = []
  const output = (name: string): ExecIo['stdout'] => ({
    write: async (data) => void printed.push(`${name}:${String(data)}`),
  })
  return {
    printed,
    io: {
      command,
      user: 'ada',
      env: {},
      cwd: undefined,
      stdin: (async function* () {})(),
      stdout: output('out'),
      stderr: output('err'),
      terminal: undefined,
      signal: new AbortController().signal,
    },
  }
}

async function run(table: Parameters<typeof execHandler>[0], command: string): Promise<unknown> {
  const call = io(command)
  const exit = await execHandler(table)(command, call.io)
  return [exit, ...call.printed.filter((line) => !line.endsWith(':'))]
}

test('a command is found by its text, by its first word, or by the star', async () => {
  const table = { ls: 'names', 'ls -l': { stdout: 'long', stderr: 'x', exit: 2 }, '*': () => 9 }
  expect(await run(table, 'ls -a')).toEqual([undefined, 'out:names'])
  expect(await run(table, 'ls -l')).toEqual([2, 'out:long', 'err:x'])
  expect(await run(table, 'rm')).toEqual([9])
  expect(await run({}, 'rm -r')).toEqual([127, 'err:sh: rm: not found\n'])
  expect(await run(undefined, 'constructor')).toEqual([127, 'err:sh: constructor: not found\n'])
  expect(await run((command) => (command === 'x' ? 1 : 0), 'x')).toEqual([1])
})

test('folder and variables in front of a command are read as they were written', () => {
  const env = { A: "it's", B_2: '', C: 'plain', D: 'two\nlines', E: 'back\\slash!' }
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }))
  for (const cwd of ['/srv', "/a b/it's", 'sub', undefined]) {
    for (const command of ['ls && pwd', "echo 'it'\\''s'\npwd"]) {
      expect(readCommandLine(commandLine(commandText(command), variables, cwd))).toEqual({
        command,
        cwd,
        env,
      })
    }
    const list = commandLine(commandText(['ls', "it's"]), variables, cwd)
    expect(readCommandLine(list)).toEqual({ command: "ls 'it'\\''s'", cwd, env })
  }
  for (const command of ['export A; ls', "eval 'ls'", 'cd a; ls']) {
    expect(readCommandLine(command)).toEqual({ command, cwd: undefined, env: {} })
  }
})

test.each([
  [{ stderr: 'no', exitCode: 3 }, 'exec.ls has no exitCode; use exit'],
  [{ exit: '3' }, 'exec.ls.exit must be'],
  [7, 'exec.ls must be a text to print, { stdout, stderr, exit } or a function'],
])('an answer of the table that could not be given is refused: %j', async (answer, message) => {
  await expect(startSshServer({ exec: { ls: answer } as never })).rejects.toThrow(
    `ssh startSshServer: ${message}`,
  )
})
