import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import {
  checkCwd,
  commandLine,
  commandText,
  refuseNul,
  variablesOf,
  type CommandText,
} from '../src/command-line.ts'

const injection = expect.objectContaining({ code: 'NET_INJECTION' })
const option = expect.objectContaining({ code: 'NET_BAD_OPTION' })

test('a list is quoted, a text is left alone', () => {
  expect(commandText(['echo', 'a b'])).toEqual({ text: "echo 'a b'", simple: true })
  expect(commandText('echo a | wc\nls')).toEqual({ text: 'echo a | wc\nls', simple: false })
})

test('an empty command and a NUL are refused', () => {
  expect(() => commandText('  ')).toThrow(option)
  expect(() => commandText([])).toThrow(option)
  expect(() => commandText(7 as unknown as string)).toThrow(option)
  expect(() => commandText('a\0b')).toThrow(injection)
  expect(() => refuseNul('cwd', '\0')).toThrow(injection)
})

test('folder and variables stand in front of the command', () => {
  const variables = [{ name: 'A', value: "it's" }]
  expect(commandLine(commandText(['ls', '-l']), variables, '/tmp/a b')).toBe(
    `cd '/tmp/a b' && export A='it'\\''s' && ls -l`,
  )
  expect(commandLine(commandText('ls; pwd'), variables, 'a')).toBe(
    `cd ./a && export A='it'\\''s' && eval 'ls; pwd'`,
  )
  expect(commandLine(commandText('ls; pwd'), [], undefined)).toBe('ls; pwd')
})

test('a folder is a path', () => {
  for (const cwd of ['', 7 as unknown as string]) expect(() => checkCwd(cwd)).toThrow(option)
  expect(() => checkCwd('a\0')).toThrow(injection)
})

test('variables that a shell sets by itself are refused', () => {
  for (const name of ['IFS', 'PWD', 'OLDPWD', 'PPID', 'OPTIND', '_']) {
    expect(() => variablesOf({ [name]: 'x' })).toThrow(option)
  }
})

const home = mkdtempSync(join(tmpdir(), 'command-line-'))
afterAll(() => rmSync(home, { recursive: true }))

function run(shell: string, line: string, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(shell, ['-c', line], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: home, ...env },
  })
}

const posix = ['sh', 'dash', 'bash', 'ksh', 'mksh', 'zsh'].filter(isThere)
const others = ['csh', 'tcsh', 'rbash'].filter(isThere)

function isThere(shell: string): boolean {
  return existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`)
}

// None of them may run outside of the folder, whatever a part of them does with the parts around it.
const compound = [
  'true; touch ran',
  'false || touch ran',
  'true & touch ran',
  'true\ntouch ran',
  'true\ntouch ran\ntrue',
  'cat <<E\ndoc\nE\ntouch ran',
  '# nothing\ntouch ran',
  'touch ran # and a comment',
  'touch ran \\',
  'f() { touch ran; }; f',
  '{ touch ran; }',
  '(exit 3); touch ran',
  'exit 0; touch ran',
  'if true; then touch ran; fi',
  'echo \'a b\' "c"; touch ran',
  'touch ran &',
]

describe.each([...posix, ...others])('in %s', (shell) => {
  const gone = '/nowhere/that/is/gone'

  test.each(compound)('nothing of %j runs where the folder is gone', (command) => {
    for (const simple of [false, true]) {
      const text = simple ? commandText(['sh', '-c', command]) : commandText(command)
      const { status, stderr } = run(shell, commandLine(text, [], gone))
      expect(status).not.toBe(0)
      expect(stderr).not.toBe('')
      expect(existsSync(join(home, 'ran'))).toBe(false)
    }
  })

  test('nothing runs where a variable cannot be set', () => {
    for (const value of ['x', 'touch ran\ntouch ran\ntouch ran']) {
      const line = commandLine(commandText('true; touch ran'), [{ name: 'KIND', value }], undefined)
      const { status, stderr } = run(shell, `readonly KIND=own\n${line}`)
      expect(status).not.toBe(0)
      expect(stderr).not.toBe('')
      expect(existsSync(join(home, 'ran'))).toBe(false)
    }
  })
})

describe.each(posix)('in %s', (shell) => {
  test.each(compound)('%j comes to the same with a folder and variables as without', (command) => {
    const [plain, within] = ['plain', 'within'].map((name) => join(home, name)) as [string, string]
    const outcomes = [plain, within].map((folder) => {
      mkdirSync(folder, { recursive: true })
      const text = commandText(command)
      const line =
        folder === within
          ? commandLine(text, [{ name: 'KIND', value: "it's\na \\ and !" }], folder)
          : `cd ${plain}\n${text.text}`
      const { status, stdout } = run(shell, line)
      const ran = existsSync(join(folder, 'ran'))
      rmSync(folder, { recursive: true })
      return { status, stdout, ran }
    })
    expect(outcomes[1]).toEqual(outcomes[0])
  })

  test('a variable in the line is what a variable of the environment is', () => {
    const value = 'it\'s\n\\n \\\\ $HOME `ls` "!" %s*'
    const command = commandText('printf "%s" "$KIND"; sh -c \'printf "%s" "$KIND"\'')
    const apart = run(shell, command.text, { KIND: value })
    const within = run(shell, commandLine(command, [{ name: 'KIND', value }], undefined))
    expect(apart.stdout).toBe(value + value)
    expect(within).toMatchObject({ stdout: apart.stdout, status: 0 })
  })

  test('a folder is the folder of that name, whatever its name', () => {
    for (const name of ['-', '-P', '~', 'a b', "it's", 'we!rd\\', 'a\nb', 'sub']) {
      const folder = join(home, name)
      mkdirSync(join(home, 'elsewhere', name), { recursive: true })
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'mark'), name)
      const command: CommandText = commandText('cat mark')
      const env = { CDPATH: join(home, 'elsewhere'), OLDPWD: '/' }
      for (const cwd of [name, folder]) {
        expect(run(shell, commandLine(command, [], cwd), env)).toMatchObject({
          stdout: name,
          status: 0,
        })
      }
    }
  })
})

test('names and values of variables are checked', () => {
  expect(variablesOf({ LANG: 'C', _x1: '' })).toEqual([
    { name: 'LANG', value: 'C' },
    { name: '_x1', value: '' },
  ])
  expect(variablesOf(undefined)).toEqual([])
  expect(() => variablesOf({ 'A;rm': 'x' })).toThrow(option)
  expect(() => variablesOf({ A: 1 as unknown as string })).toThrow(option)
  expect(() => variablesOf({ A: 'a\0' })).toThrow(injection)
})
