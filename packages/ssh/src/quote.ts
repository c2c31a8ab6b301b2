/*
 * Words for a POSIX shell. Whatever a word holds, the shell of the server reads it as that one word.
 */

import { netError } from '@net/core/authoring'

/**
 * The words as one line for a POSIX shell, each quoted where the shell would read more into it than the word. Throws
 * `NET_INJECTION` for a NUL, which no command line can hold. Not for the shells of Windows.
 */
export function quote(...words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

function quoted(word: string): string {
  if (typeof word !== 'string') {
    throw netError('NET_BAD_OPTION', { message: 'the words of a command must be strings' })
  }
  if (word.includes('\0')) {
    throw netError('NET_INJECTION', { message: 'a word of the command contains a NUL' })
  }
  if (PLAIN.test(word) && !RESERVED.has(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

// Without `=`, which makes an assignment of the first word, and without `~`, which the shell expands.
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/
const RESERVED: ReadonlySet<string> = new Set(
  'case coproc do done elif else esac fi for function if in select then time until while'.split(
    ' ',
  ),
)
