/* JSON as people read it on a terminal: indented, and coloured. */

import { harmless } from './harmless.ts'

/** The text indented and coloured; undefined if it is no JSON. */
export function jsonText(text: string, hasColors: boolean): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const indented = JSON.stringify(value, undefined, 2)
  return indented.replaceAll(TOKEN, (token, name: string | undefined) => {
    const shown = harmless(token)
    if (!hasColors) return shown
    if (name !== undefined) return `\u001b[36m${harmless(name)}\u001b[39m:`
    if (token.startsWith('"')) return `\u001b[32m${shown}\u001b[39m`
    return `\u001b[33m${shown}\u001b[39m`
  })
}

// A name with its colon, a string, or one of the words and numbers.
const TOKEN = /("(?:[^"\\]|\\.)*"):|"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g
