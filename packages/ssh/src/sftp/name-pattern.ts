/* Patterns of paths, as shells have them: `*`, `?` and `[a-z]` within a name, `**` for folders of any depth. No I/O. */

import { netError } from '@net/core/authoring'

/** A pattern, cut into its names. */
export interface NamePattern {
  /** The part in front that has no pattern in it; empty for none. */
  readonly base: string
  /** Whether a path below the base, without the base, is meant. */
  matches(path: string): boolean
  /** Whether something below that folder can be meant. */
  canContain(folder: string): boolean
}

/** Reads a pattern. Throws `NET_BAD_OPTION` for one that is empty. */
export function namePattern(pattern: string): NamePattern {
  const parts = pattern.split('/').filter((part, at) => part !== '' || at === 0)
  const first = parts.findIndex((part) => /[*?[]/.test(part))
  const fixed = first < 0 ? parts.slice(0, -1) : parts.slice(0, first)
  const wanted = (first < 0 ? parts.slice(-1) : parts.slice(first)).map(nameTest)
  if (pattern === '' || wanted.length === 0) {
    throw netError('NET_BAD_OPTION', { message: 'the pattern is empty' })
  }
  const base = fixed.length === 1 && fixed[0] === '' ? '/' : fixed.join('/')
  return {
    base,
    matches: (path) => fits(path.split('/'), wanted, false),
    canContain: (folder) => fits(folder.split('/'), wanted, true),
  }
}

/** `undefined` stands for folders of any depth. */
type NameTest = RegExp | undefined

function fits(names: readonly string[], tests: readonly NameTest[], isStart: boolean): boolean {
  const [name, ...rest] = names
  if (name === undefined) return isStart || tests.every((test) => test === undefined)
  if (tests.length === 0) return false
  const [test, ...others] = tests
  if (test === undefined) {
    return fits(names, others, isStart) || (!isHidden(name) && fits(rest, tests, isStart))
  }
  return test.test(name) && fits(rest, others, isStart)
}

function nameTest(part: string): NameTest {
  if (part === '**') return undefined
  // As in shells, a dot at the beginning is meant only where it is written.
  const start = part.startsWith('.') ? '' : String.raw`(?!\.)`
  return new RegExp(`^${start}${part.replaceAll(SPECIAL, asExpression)}$`, 'su')
}

function asExpression(found: string): string {
  if (found === '*') return '[^/]*'
  if (found === '?') return '[^/]'
  if (found.startsWith('[')) {
    const inside = found
      .slice(1, -1)
      .replace(/^!/, '^')
      .replaceAll(/[\\[\]]/g, String.raw`\$&`)
    return `[${inside}]`
  }
  return `\\${found}`
}

function isHidden(name: string): boolean {
  return name.startsWith('.')
}

const SPECIAL = /\[!?[^\]/]+\]|[*?[\]\\^$.|+(){}]/g
