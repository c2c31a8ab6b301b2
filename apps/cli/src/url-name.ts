/*
 * Names in URLs. A byte of a name that is no UTF-8 is a lone surrogate in text (U+DC80 to U+DCFF), as the packages have it, and
 * `%XX` in a URL.
 */

/** The name as a part of a URL. */
export function encodedName(name: string): string {
  if (name.isWellFormed()) return encodeURIComponent(name)
  return Array.from(name, encodedCharacter).join('')
}

/** The name that a part of a URL is; `decodedName(encodedName(name))` is the name. */
export function decodedName(part: string): string {
  return part.replace(ENCODED, decodedRun)
}

function encodedCharacter(character: string): string {
  const code = character.charCodeAt(0)
  const isByte = character.length === 1 && code >= FIRST && code <= LAST
  if (isByte) return `%${(code - BASE).toString(16).toUpperCase()}`
  return encodeURIComponent(character.toWellFormed())
}

function decodedRun(run: string): string {
  const whole = decoded(run)
  if (whole !== undefined) return whole
  let name = ''
  for (let at = 0; at < run.length;) {
    const length = [3, 6, 9, 12].find((end) => decoded(run.slice(at, at + end)) !== undefined)
    const byte = Number.parseInt(run.slice(at + 1, at + 3), 16)
    name +=
      length === undefined ? String.fromCharCode(BASE + byte) : decoded(run.slice(at, at + length))
    at += length ?? 3
  }
  return name
}

function decoded(run: string): string | undefined {
  try {
    return decodeURIComponent(run)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

const ENCODED = /(?:%[\da-f]{2})+/gi
const BASE = 0xdc00
const FIRST = 0xdc80
const LAST = 0xdcff
