/*
 * Headers that the composer would send in a form that readers would not get as it was: those of plain text (RFC 5322,
 * section 3.6.8) with a word that fits into no line, those that look as if they were encoded, and those whose first
 * word is so long that nothing would be left on the line of the name.
 */

import type { encodeWord } from 'nodemailer/lib/mime-funcs'

import { LONGEST_LINE } from '../content-scan.ts'

/** A value as the composer takes it. */
export type ComposerHeader =
  | string
  | { readonly prepared: true; readonly foldLines: boolean; readonly value: string }

/** The header's value, encoded (RFC 2047) or kept on one line where it has to be. */
export function headerValue(encode: typeof encodeWord, key: string, text: string): ComposerHeader {
  if (!STRUCTURED.test(key) && (LONG_WORD.test(text) || ENCODED.test(text))) {
    return { prepared: true, foldLines: true, value: encode(text, 'Q', LONGEST_WORD) }
  }
  const first = key.length + 2 + text.search(/[ \t]|$/)
  const whole = key.length + 2 + text.length
  // Some readers take the fold between a name and its value for a space of the value.
  // Of References the composer takes nothing but text, and space between its name and an id says nothing.
  const mayBePrepared = key !== 'References' && isPrintable(text)
  const inOneLine = first > PREFERRED_LINE && whole <= LONGEST_LINE && mayBePrepared
  return inOneLine ? { prepared: true, foldLines: false, value: text } : text
}

function isPrintable(text: string): boolean {
  return /^[ -~]*$/.test(text)
}

const LONG_WORD = /[^ \t]{900}/
const ENCODED = /=\?[^?]+\?[bq]\?[^?]*\?=/i
// An encoded word within an address, a URL or an id would be taken for a part of it.
const STRUCTURED =
  /^(?:list-|resent-|arc-|dkim-|in-reply-to$|references$|received|authentication-results$|disposition-notification|original-|archived-at$|auto-submitted$|autocrypt$|openpgp$|face$|x-face$)/i
const LONGEST_WORD = 52
const PREFERRED_LINE = 76
