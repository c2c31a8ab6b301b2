/* The conditions of `Host` and `Match` lines. No I/O. */

import { matchesPattern } from '../host-pattern.ts'

/** What conditions are looked at with. */
export interface MatchSubject {
  /** The name as it was given. */
  readonly original: string
  /** What `Host` is compared with: the name, and in the final pass what HostName made of it. */
  readonly name: string
  /** The host as it is known at this line. */
  readonly host: () => string
  readonly user: () => string
  readonly localUser: string
  readonly isFinal: boolean
  /** Called where a line wants another pass. */
  wantsFinal(): void
  /** What became of a command of `Match exec`. */
  exec(command: string): Promise<boolean>
}

/** Whether a `Host` line holds for the name: words with `*` and `?`, of which one with `!` takes back all others. */
export function hostMatches(words: readonly string[], name: string): boolean {
  const fits = words.filter((word) => matchesPattern(word.replace(/^!/, ''), name))
  return fits.length > 0 && fits.every((word) => !word.startsWith('!'))
}

/** Whether a `Match` line holds. Throws an Error that says what is wrong. */
export async function matchHolds(
  words: readonly string[],
  subject: MatchSubject,
): Promise<boolean> {
  if (words.length === 0) throw new Error('Match has no condition')
  let holds = true
  for (let at = 0; at < words.length; at++) {
    const [, negated, name = '', glued] = CONDITION.exec(words[at] ?? '') ?? []
    const condition = name.toLowerCase()
    const isAlone = ALONE.has(condition)
    const value = isAlone ? '' : (glued ?? words[(at += 1)])
    if (value === undefined) throw new Error(`${name} has no value`)
    if (isAlone) checkAlone(condition, words, subject)
    // Once it does not hold, no command is run any more.
    holds &&= (await isTrue(condition, value, subject)) !== (negated === '!')
  }
  return holds
}

function checkAlone(condition: string, words: readonly string[], subject: MatchSubject): void {
  if (condition === 'all' && words.some((word) => !/^!?(?:all|canonical|final)$/i.test(word))) {
    throw new Error('all stands with no other condition')
  }
  if (condition === 'final') subject.wantsFinal()
}

function isTrue(
  condition: string,
  value: string,
  subject: MatchSubject,
): boolean | Promise<boolean> {
  if (condition === 'all') return true
  if (ALONE.has(condition)) return subject.isFinal
  if (condition === 'exec') return subject.exec(value)
  // What newer versions know: nothing here tells.
  if (NEWER.has(condition)) return false
  const texts: Readonly<Record<string, string | undefined>> = {
    host: subject.host(),
    originalhost: subject.original,
    user: subject.user(),
    localuser: subject.localUser,
  }
  const text = texts[condition]
  if (text === undefined) throw new Error(`Match does not know the condition ${condition}`)
  return listMatches(value, text, condition.endsWith('host'))
}

/** A list with commas; hosts in lower case. */
function listMatches(list: string, text: string, lower: boolean): boolean {
  const told = lower ? text.toLowerCase() : text
  return hostMatches(lower ? list.toLowerCase().split(',') : list.split(','), told)
}

const CONDITION = /^(!?)([^=]*)(?:=([\s\S]*))?$/
const ALONE: ReadonlySet<string> = new Set(['all', 'canonical', 'final'])
const NEWER: ReadonlySet<string> = new Set([
  'localnetwork',
  'tagged',
  'version',
  'sessiontype',
  'command',
])
