/*
 * From the bytes of a listing to entries. Works through a long listing in pieces, so that a server that sends
 * a large one holds up nobody else.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { netError } from '@net/core/authoring'

import { parseListLines } from '../engine/basic-ftp.ts'
import type { FtpEntry } from '../entry.ts'
import { isAboutItself, parseFacts } from './facts.ts'

/** In which format a listing is: with facts (MLSD), or for people (LIST). */
export type ListingFormat = 'facts' | 'people'

/** The entries of a folder, and how many of its names are no names. Rejects with `NET_PROTO_MALFORMED` and `NET_PROTO_LIMIT`. */
export async function parseListing(
  listing: Uint8Array,
  folder: string,
  format: ListingFormat,
): Promise<{ readonly entries: readonly FtpEntry[]; readonly refused: number }> {
  const entries: FtpEntry[] = []
  let refused = 0
  for (const lines of pieces(listing)) {
    const parsed =
      format === 'facts'
        ? lines.filter((line) => !isAboutItself(line)).map(parseFacts)
        : await parseListLines(lines)
    for (const entry of parsed) {
      if (entry.name === '.' || entry.name === '..') continue
      if (isName(entry.name)) entries.push({ ...entry, path: pathIn(folder, entry.name) })
      else refused += 1
    }
    await turn()
  }
  return { entries, refused }
}

/** The path of a name in a folder. */
export function pathIn(folder: string, name: string): string {
  if (folder === '' || folder === '.') return name
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

/** A name with a separator leads somewhere else than into the folder that was listed. */
function isName(name: string): boolean {
  return name !== '' && !name.includes('/') && !name.includes('\0')
}

function* pieces(listing: Uint8Array): Generator<readonly string[]> {
  const bytes = Buffer.from(listing.buffer, listing.byteOffset, listing.length)
  let lines: string[] = []
  let size = 0
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LF, start)
    const end = found < 0 ? bytes.length : found
    if (end - start > LONGEST_LINE) throw tooLong()
    const line = bytes.toString('utf8', start, bytes[end - 1] === CR ? end - 1 : end)
    if (line.trim() !== '') lines.push(line)
    size += end - start
    start = end + 1
    if (size < PIECE) continue
    yield lines
    lines = []
    size = 0
  }
  if (lines.length > 0) yield lines
}

function tooLong(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `a line of the listing has more than ${LONGEST_LINE} bytes`,
    limit: LONGEST_LINE,
  })
}

const LF = 0x0a
const CR = 0x0d
const LONGEST_LINE = 8192
const PIECE = 65_536
