/*
 * One line of MLSD or MLST (RFC 3659, section 7): facts, a space, a name. Everything in it was chosen by the server;
 * a fact that makes no sense is an error, not a guess.
 */

import { netError } from '@net/core/authoring'

import type { FtpEntry } from '../entry.ts'

/** What a line says, without the path. Throws `NET_PROTO_MALFORMED`. */
export function parseFacts(line: string): Omit<FtpEntry, 'path'> {
  const space = line.indexOf(' ')
  if (space < 0) throw malformed(line)
  const facts = factsOf(line.slice(0, space))
  const mode = facts.get('unix.mode') ?? ''
  return {
    name: line.slice(space + 1),
    type: typeOf(facts.get('type')?.toLowerCase() ?? ''),
    ...given('size', facts.get('size'), parseSize),
    ...given('modified', facts.get('modify'), parseTime),
    ...given('mode', OCTAL.test(mode) ? mode : undefined, parseMode),
    ...given('target', LINK.exec(facts.get('type') ?? '')?.[1], String),
    ...given('user', facts.get('unix.ownername') ?? facts.get('unix.owner'), String),
    ...given('group', facts.get('unix.groupname') ?? facts.get('unix.group'), String),
  }
}

/** Whether the line is about the folder that was listed, or the one above it. */
export function isAboutItself(line: string): boolean {
  return ITSELF.test(line)
}

/** A size in bytes as SIZE and the facts have it. Throws `NET_PROTO_MALFORMED` for anything but digits below 2^53. */
export function parseSize(text: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(size)) return size
  throw malformed(text)
}

/** A time `YYYYMMDDHHMMSS[.sss]` in UTC, as milliseconds since 1970. Throws `NET_PROTO_MALFORMED`. */
export function parseTime(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = ''] = TIME.exec(text) ?? []
  // Date makes a guess at almost any text; only what has the form of a time may reach it.
  const time =
    year === undefined
      ? NaN
      : Date.parse(
          `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
        )
  if (!Number.isNaN(time)) return time
  throw malformed(text)
}

function parseMode(text: string): number {
  return Number.parseInt(text, 8) & 0o7777
}

/** The field if there is a fact for it. */
function given<K extends string, T>(
  field: K,
  fact: string | undefined,
  read: (text: string) => T,
): { readonly [P in K]?: T } {
  return fact === undefined ? {} : ({ [field]: read(fact) } as { readonly [P in K]: T })
}

function factsOf(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  for (const fact of text.split(';')) {
    const equals = fact.indexOf('=')
    if (equals > 0) facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1))
  }
  return facts
}

function typeOf(type: string): FtpEntry['type'] {
  if (type === 'file') return 'file'
  if (type === 'dir' || type === 'cdir' || type === 'pdir') return 'folder'
  return type.startsWith('os.unix=slink') || type === 'os.unix=symlink' ? 'link' : 'other'
}

function malformed(text: string): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: `the server tells something about a file that makes no sense: ${text.slice(0, 200)}`,
  })
}

const ITSELF = /^(?:[^ ;]*;)*type=[cp]dir;/i
const LINK = /^OS\.unix=slink:(.+)$/i
const OCTAL = /^[0-7]{3,6}$/
// RFC 3659 allows a second of 60 once in years; Date does not, and no server is known to send one.
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/
