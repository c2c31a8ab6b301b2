/*
 * One line as `ls -l` writes it. Owner, group, size, date and name stand one blank apart where a column is too long for
 * its padding, and a name may look like columns itself, so the first size with a date behind it is the size. The month
 * may be of any language; the date is not believed, because it has no time zone.
 */

import type { ListedFile } from './listed-file.ts'

/** What the line says; undefined if it is not of this format. */
export function readUnixLine(line: string): ListedFile | undefined {
  const { kind, mode, who, size, name } = LINE.exec(line)?.groups ?? {}
  if (kind === undefined || mode === undefined || size === undefined || name === undefined) {
    return undefined
  }
  const type = TYPES[kind] ?? 'other'
  const bytes = size.includes(',') ? undefined : Number(size)
  return {
    ...(type === 'link' ? linkOf(name, bytes) : { name }),
    type,
    ...(bytes === undefined || !Number.isSafeInteger(bytes) ? {} : { size: bytes }),
    mode: modeOf(mode),
    ...ownersOf(who),
  }
}

/** `name -> target`; where both hold arrows, the size of a link is that of its target. */
function linkOf(text: string, size: number | undefined): { name: string; target?: string } {
  const parts = text.split(ARROW)
  if (parts.length < 2) return { name: text }
  const splits = parts.slice(1).map((_, at) => ({
    name: parts.slice(0, at + 1).join(ARROW),
    target: parts.slice(at + 1).join(ARROW),
  }))
  const fitting = splits.find(({ target }) => Buffer.byteLength(target) === size)
  return fitting ?? splits[0] ?? { name: text }
}

function ownersOf(who = ''): { user?: string; group?: string } {
  const [user, ...rest] = who.split(/\s+/)
  const group = rest.join(' ')
  return user === undefined || user === '' ? {} : { user, ...(group === '' ? {} : { group }) }
}

function modeOf(letters: string): number {
  let mode = 0
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at)
    const bit = 0o400 >> at
    if (/[rwxst]/.test(letter)) mode |= bit
    // The execute letters also carry set-user-id, set-group-id and sticky.
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> ((at - 2) / 3)
  }
  return mode
}

const ARROW = ' -> '
const TYPES: Readonly<Record<string, ListedFile['type']>> = {
  '-': 'file',
  f: 'file',
  d: 'folder',
  l: 'link',
  e: 'link',
}

// A month is a word; a name in an encoding that is not ours is decoded into surrogates.
const MONTH = String.raw`(?=\S*[\p{L}\p{Cs}])[\p{L}\p{M}\p{N}\p{Cs}.]{2,14}`
const TIME = String.raw`\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?`
const YEAR = String.raw`\d{4}年?`
const DATES = [
  String.raw`${MONTH}\s+\d{1,2}[日.,]?\s+(?:${TIME}|${YEAR})`,
  String.raw`\d{1,2}\.?\s+${MONTH}\s+(?:${TIME}|${YEAR})`,
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s+${TIME}(?:\s[+-]\d{4})?`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\s+${TIME}`,
].join('|')
// Every repetition is bounded or cannot overlap with the next, so a long line costs no more than its length.
const LINE = new RegExp(
  String.raw`^[\s\d]*(?<kind>[bcdelfmpSs-])(?<mode>(?:[r-][w-][xsStTlL-]){2}[r-][w-][xsStTlL-]?)[+@.]?` +
    String.raw`\s*(?:\d+\s+)?(?:(?<who>\S+(?:\s+\S+){0,9}?)\s+)??` +
    String.raw`(?<size>\d+(?:,\s*\d+)?)\s+(?:${DATES})\s(?<name>[^]+)$`,
  'u',
)
