/*
 * A command by sudo: what is asked for, and the line that runs it. Two random words tell what sudo does: its prompt, and
 * what the shell behind it prints once it runs, so that no word of any language has to be understood.
 */

import { randomBytes } from 'node:crypto'

import type { Credential } from '@net/core'
import { netError, refuseControl } from '@net/core/authoring'

import { quote } from './quote.ts'

/** How a command is run by sudo. */
export interface SudoOptions {
  /**
   * Written once sudo asks for it, and never otherwise: the command does not read it where sudo needs none. A second
   * question is `NET_AUTH_REJECTED`; the password is not tried again. Without it every question is.
   */
  readonly password?: Credential | undefined
  /** As whom the command runs. Default `root`. */
  readonly user?: string | undefined
}

/** What is known of one call by sudo. */
export interface SudoPlan {
  readonly user: string | undefined
  readonly password: Credential | undefined
  /** What sudo asks with. */
  readonly prompt: string
  /** What is printed when the command begins, in the halves in which it stands in the line. */
  readonly mark: readonly [string, string]
}

/** How the command is to be run; undefined for without sudo. Throws ArgumentErrors. */
export function sudoPlan(given: boolean | SudoOptions | undefined): SudoPlan | undefined {
  if (given === undefined || given === false) return undefined
  const { user, password }: SudoOptions = given === true ? {} : given
  if (user !== undefined) checkUser(user)
  return { user, password, prompt: `sudo-${randomWord()}:`, mark: [randomWord(), randomWord()] }
}

function randomWord(): string {
  return randomBytes(8).toString('hex')
}

/** The line that has sudo run another line, by a shell that says that it runs. */
export function sudoLine(line: string, { user, prompt, mark }: SudoPlan): string {
  const [first, second] = mark
  // In two halves: what only repeats the line, as a shell that traces does, is no sign of its beginning.
  const inner = `printf %s%s ${first} ${second} >&2; ${line}`
  const words = ['sudo', '-S', '-p', prompt, ...(user === undefined ? [] : ['-u', user])]
  return quote(...words, '--', 'sh', '-c', inner)
}

function checkUser(user: string): void {
  refuseControl('the user of sudo', user)
  if (user !== '' && !user.startsWith('-')) return
  throw netError('NET_BAD_OPTION', { message: 'sudo.user is the name of an account' })
}
