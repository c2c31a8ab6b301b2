/*
 * Words for a shell: the shell of the server reads each word as that one word, with all that it holds.
 */

import { netError } from '@net/core/authoring'

/**
 * The words as one line for a POSIX shell or fish, each quoted where the shell would read more into it than the word.
 * csh reads them the same unless a word holds a line end. Not for the shells of Windows. Throws `NET_INJECTION` for a
 * NUL, which no command line can hold, and `NET_BAD_OPTION` for a word that is not a string.
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
  if (word === '' || RESERVED.has(word)) return `'${word}'`
  return PLAIN.test(word) ? word : word.replaceAll(RUN, part)
}

/** What fish and csh read differently within quotes stands outside of them. */
function part(text: string): string {
  return OUTSIDE.test(text) ? `\\${text}` : `'${text}'`
}

// Without `=`, which makes an assignment of the first word, and without `~`, which the shell expands.
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/
const RUN = /[\\'!]|[^\\'!]+/g
const OUTSIDE = /^[\\'!]$/
const RESERVED: ReadonlySet<string> = new Set(
  'case coproc do done elif else esac fi for function if in select then time until while'.split(
    ' ',
  ),
)
