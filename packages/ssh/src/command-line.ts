/* From the options of a call to the line that the server's shell gets. */

import { netError } from '@net/core/authoring'

import { quote } from './quote.ts'

/** A variable for a command. */
export interface Variable {
  readonly name: string
  readonly value: string
}

/** The command as text: a list is quoted word by word, a text is the shell's own. Throws `NET_BAD_OPTION` or `NET_INJECTION`. */
export function commandText(command: string | readonly string[]): string {
  const text = typeof command === 'string' ? command : listText(command)
  if (text.trim() === '') {
    throw netError('NET_BAD_OPTION', { message: 'a command is a text, or a list of its words' })
  }
  refuseNul('the command', text)
  return text
}

/** The line for the shell: into the folder first, then the variables, then the command. */
export function commandLine(
  command: string,
  variables: readonly Variable[],
  cwd: string | undefined,
): string {
  const exports = variables.map(({ name, value }) => `${name}=${quote(value)}`)
  const steps = [
    ...(cwd === undefined ? [] : [`cd -- ${quote(cwd)}`]),
    ...(exports.length === 0 ? [] : [`export ${exports.join(' ')}`]),
  ]
  return [...steps, command].join(' && ')
}

/** The variables as a list. Throws `NET_BAD_OPTION` or `NET_INJECTION`. */
export function variablesOf(
  env: Readonly<Record<string, string>> | undefined,
): readonly Variable[] {
  return Object.entries(env ?? {}).map(([name, value]) => {
    if (!NAME.test(name) || typeof value !== 'string') {
      throw netError('NET_BAD_OPTION', {
        message: 'env has names of letters, digits and underscores, and values that are strings',
      })
    }
    refuseNul('a variable', value)
    return { name, value }
  })
}

/** Throws `NET_INJECTION` for a text with a NUL, which would end it on the server. */
export function refuseNul(what: string, text: string): void {
  if (text.includes('\0')) throw netError('NET_INJECTION', { message: `${what} contains a NUL` })
}

function listText(words: readonly string[]): string {
  return Array.isArray(words) ? quote(...(words as readonly string[])) : ''
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
