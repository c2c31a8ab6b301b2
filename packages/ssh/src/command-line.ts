/* From the options of a call to the line that the server's shell gets. */

import { netError } from '@net/core/authoring'

import type { ExecOptions } from './client-options.ts'
import { quote } from './quote.ts'

/** A variable for a command. */
export interface Variable {
  readonly name: string
  readonly value: string
}

/** A command as text. */
export interface CommandText {
  readonly text: string
  /** Whether it is one simple command, made of quoted words; a text of the caller's may be any number of commands. */
  readonly simple: boolean
}

/** The command as text: a list is quoted word by word, a text is the shell's own. Throws `NET_BAD_OPTION` or `NET_INJECTION`. */
export function commandText(command: string | readonly string[]): CommandText {
  const simple = typeof command !== 'string'
  const text = simple ? listText(command) : command
  if (text.trim() === '') {
    throw netError('NET_BAD_OPTION', { message: 'a command is a string, or a list of its words' })
  }
  refuseNul('the command', text)
  return { text, simple }
}

/**
 * The line for the shell: into the folder first, then the variables, then the command. All of the command hangs on what
 * stands in front of it: a text goes to `eval` as one word, because behind a mere `&&` only its first command would.
 */
export function commandLine(
  { text, simple }: CommandText,
  variables: readonly Variable[],
  cwd: string | undefined,
): string {
  if (cwd === undefined && variables.length === 0) return text
  const exports = variables.map(({ name, value }) => `${name}=${quote(value)}`)
  const steps = [
    ...(cwd === undefined ? [] : [`cd ${quote(folderOf(cwd))}`]),
    ...(exports.length === 0 ? [] : [`export ${exports.join(' ')}`]),
    simple ? text : `eval ${quote(text)}`,
  ]
  const line = steps.join(' && ')
  return line.includes('\n') ? `${LINES_GUARD}\n${line}` : line
}

/** The folder of the option `cwd`. Throws `NET_BAD_OPTION` or `NET_INJECTION`. */
export function checkCwd(cwd: string): void {
  if (typeof cwd !== 'string' || cwd === '') {
    throw netError('NET_BAD_OPTION', { message: 'cwd is the path of a folder on the server' })
  }
  refuseNul('cwd', cwd)
}

/** The variables as a list. Throws `NET_BAD_OPTION` or `NET_INJECTION`. */
export function variablesOf(env: ExecOptions['env']): readonly Variable[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (!NAME.test(name) || typeof value !== 'string') {
      throw netError('NET_BAD_OPTION', {
        message: 'env has names of letters, digits and underscores, and values that are strings',
      })
    }
    if (OWN_OF_SHELLS.has(name)) {
      throw netError('NET_BAD_OPTION', {
        message: `env cannot set ${name}: a shell sets it by itself when it starts`,
      })
    }
    refuseNul('a variable', value)
    return [{ name, value }]
  })
}

/** Throws `NET_INJECTION` for a text with a NUL, which would end it on the server. */
export function refuseNul(what: string, text: string): void {
  if (text.includes('\0')) throw netError('NET_INJECTION', { message: `${what} contains a NUL` })
}

/** Throws `NET_BAD_OPTION` for a text that the server would not take in one packet: it would end the connection. */
export function refuseLong(what: string, text: string, longest: number, hint = ''): void {
  const size = Buffer.byteLength(text)
  if (size <= longest) return
  throw netError('NET_BAD_OPTION', {
    message: `${what} has ${size} bytes, and ${longest} are the most that can be sent${hint}`,
    limit: longest,
  })
}

function listText(words: readonly string[]): string {
  return Array.isArray(words) ? quote(...(words as readonly string[])) : ''
}

/** Never an option of `cd`, its `-` for the folder before, or a name that it looks up in CDPATH. */
function folderOf(cwd: string): string {
  return cwd.startsWith('/') ? cwd : `./${cwd}`
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
// A server that takes variables sets them before the shell starts, which then overwrites these (POSIX, "Shell
// Variables"). Set by the shell itself they would stay, and the command would do something else.
const OWN_OF_SHELLS: ReadonlySet<string> = new Set(['IFS', 'OLDPWD', 'OPTIND', 'PPID', 'PWD', '_'])
// csh reads a quoted line end as the end of the command, and goes on with the next line after an error. Only csh has the
// variable `shell`, so that every other shell passes by.
const LINES_GUARD = `test -z "$shell" || exec sh -c 'echo "a command of several lines with cwd or env needs a POSIX shell" >&2; exit 1'`
