/*
 * The answers of a server, read. Where a field is optional or a packet is longer than it should be, servers are believed
 * as far as they can be understood.
 */

import { harmless, netError } from '@net/core/authoring'

import { FieldReader } from '../identity/wire.ts'
import { readAttributes, type SftpAttributes } from './attributes.ts'
import { PACKET } from './packets.ts'

/** How a request went. */
export interface StatusReply {
  readonly type: 'status'
  readonly code: number
  /** In the server's words; empty if it has none. */
  readonly text: string
}

/** What was opened. */
export interface HandleReply {
  readonly type: 'handle'
  readonly handle: Buffer
}

/** Bytes of a file, in pieces. */
export interface DataReply {
  readonly type: 'data'
  readonly pieces: readonly Buffer[]
  readonly length: number
}

/** One name of a listing. */
export interface NamedEntry {
  readonly name: Buffer
  /** A line as of `ls -l`; for people alone. */
  readonly line: string
  readonly attributes: SftpAttributes
}

/** Names. */
export interface NameReply {
  readonly type: 'name'
  readonly entries: readonly NamedEntry[]
}

/** Attributes of a file. */
export interface AttributesReply {
  readonly type: 'attributes'
  readonly attributes: SftpAttributes
}

/** The answer to an extension. */
export interface ExtendedReply {
  readonly type: 'extended'
  readonly data: Buffer
}

/** Any answer. */
export type Reply =
  | StatusReply
  | HandleReply
  | DataReply
  | NameReply
  | AttributesReply
  | ExtendedReply

/** Reads an answer. Throws `NET_PROTO_MALFORMED`. */
export function readReply(type: number, body: readonly Buffer[]): Reply {
  try {
    if (type === PACKET.DATA) return readData(body)
    const [first = EMPTY] = body
    return readOther(type, new FieldReader(body.length > 1 ? Buffer.concat(body) : first))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw netError('NET_PROTO_MALFORMED', {
      message: `the server sent an answer of type ${type} that ends too early`,
      cause,
    })
  }
}

/** The extensions that a server names behind its version. A pair that is cut is left out. */
export function readExtensions(body: readonly Buffer[]): ReadonlyMap<string, string> {
  const reader = new FieldReader(Buffer.concat(body))
  const found = new Map<string, string>()
  try {
    while (reader.left > 0) found.set(reader.text(), reader.text())
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

function readOther(type: number, reader: FieldReader): Reply {
  switch (type) {
    case PACKET.STATUS:
      return { type: 'status', code: reader.number(), text: textOf(reader) }
    case PACKET.HANDLE:
      return { type: 'handle', handle: Buffer.from(reader.field()) }
    case PACKET.NAME:
      return { type: 'name', entries: readNames(reader) }
    case PACKET.ATTRS:
      return { type: 'attributes', attributes: readAttributes(reader) }
    case PACKET.EXTENDED_REPLY:
      return { type: 'extended', data: reader.rest() }
    default:
      throw netError('NET_PROTO_UNEXPECTED', {
        message: `the server sent a packet of the type ${type}, which is no answer`,
      })
  }
}

/** Text and language of a status are left out by some servers. */
function textOf(reader: FieldReader): string {
  if (reader.left < 4) return ''
  const length = Math.min(reader.number(), reader.left)
  return harmless(reader.bytes(length).toString('utf8')).slice(0, LONGEST_TEXT)
}

function readNames(reader: FieldReader): readonly NamedEntry[] {
  const count = reader.number()
  // Each has at least its three lengths.
  if (count * 12 > reader.left) throw new RangeError('there are fewer names than it says')
  return Array.from({ length: count }, () => ({
    name: Buffer.from(reader.field()),
    line: reader.field().toString('utf8'),
    attributes: readAttributes(reader),
  }))
}

/** What is behind the bytes, as the flag of version 6 for the end of the file, is not part of them. */
function readData(body: readonly Buffer[]): DataReply {
  const [lengthBytes, ...pieces] = splitAt(body, 4)
  const length = lengthBytes.readUInt32BE(0)
  let left = length
  const taken: Buffer[] = []
  for (const piece of pieces) {
    if (left === 0) break
    taken.push(piece.length <= left ? piece : piece.subarray(0, left))
    left -= Math.min(left, piece.length)
  }
  if (left > 0) throw new RangeError('there is less data than it says')
  return { type: 'data', pieces: taken, length }
}

/** The first bytes in one piece, and the rest. */
function splitAt(pieces: readonly Buffer[], size: number): readonly [Buffer, ...Buffer[]] {
  const [first = EMPTY, ...rest] = pieces
  if (first.length === size) return [first, ...rest]
  if (first.length > size) return [first.subarray(0, size), first.subarray(size), ...rest]
  const [second, ...others] = rest
  if (second === undefined) return [first]
  return splitAt([Buffer.concat([first, second]), ...others], size)
}

const EMPTY = Buffer.alloc(0)
const LONGEST_TEXT = 500
