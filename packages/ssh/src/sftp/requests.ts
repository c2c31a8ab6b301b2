/* The requests to a server, written. Paths are bytes already. */

import { fields, uint32 } from '../identity/wire.ts'
import { attributeBytes, long, type SftpAttributes } from './attributes.ts'
import { PACKET } from './packets.ts'

/** A request without its id. */
export interface Request {
  readonly type: number
  readonly body: Uint8Array
}

/** What a request to open a file asks for. */
export interface OpenRequest {
  /** Of `OPEN_FLAG`, together. */
  readonly flags: number
  /** For a file that is made. */
  readonly attributes?: SftpAttributes | undefined
}

/** A whole packet. */
export function packetOf(id: number, { type, body }: Request): Buffer {
  const packet = Buffer.allocUnsafe(HEAD + body.length)
  packet.writeUInt32BE(packet.length - 4)
  packet.writeUInt8(type, 4)
  packet.writeUInt32BE(id, 5)
  packet.set(body, HEAD)
  return packet
}

/** The first packet, which names the version in place of an id. */
export function initPacket(version: number): Buffer {
  return packetOf(version, { type: PACKET.INIT, body: new Uint8Array(0) })
}

/** Opens a file. */
export function openRequest(path: Buffer, { flags, attributes = {} }: OpenRequest): Request {
  return request(PACKET.OPEN, fields(path), uint32(flags), attributeBytes(attributes))
}

/** One about a path alone: STAT, OPENDIR, REMOVE, READLINK and their like. */
export function pathRequest(type: number, path: Buffer): Request {
  return request(type, fields(path))
}

/** One about a handle alone: CLOSE, FSTAT, READDIR. */
export function handleRequest(type: number, handle: Buffer): Request {
  return request(type, fields(handle))
}

/** One that sets attributes: of a path (SETSTAT, MKDIR) or of a handle (FSETSTAT). */
export function attributesRequest(
  type: number,
  subject: Buffer,
  attributes: SftpAttributes,
): Request {
  return request(type, fields(subject), attributeBytes(attributes))
}

/** One about two paths: RENAME; SYMLINK, which has the target first, as OpenSSH and all who followed it have it. */
export function pairRequest(type: number, first: Buffer, second: Buffer): Request {
  return request(type, fields(first, second))
}

/** Reads from a file. */
export function readRequest(handle: Buffer, offset: number, length: number): Request {
  return request(PACKET.READ, fields(handle), long(offset), uint32(length))
}

/** Writes to a file. */
export function writeRequest(handle: Buffer, offset: number, data: Uint8Array): Request {
  return request(PACKET.WRITE, fields(handle), long(offset), fields(data))
}

/** An extension, with what belongs to it. */
export function extendedRequest(name: string, ...parts: readonly Uint8Array[]): Request {
  return request(PACKET.EXTENDED, fields(name), ...parts)
}

/** How many bytes stand in front of the data of a WRITE. */
export function writeHeadLength(handle: Buffer): number {
  return HEAD + 4 + handle.length + 8 + 4
}

/**
 * Writes what stands in front of the data of a WRITE into the bytes before `at`, where the data begins, so that both leave
 * as one without a copy; gives the whole packet.
 */
export function writePacket(
  memory: Buffer,
  at: number,
  { id, handle, offset, length }: { id: number; handle: Buffer; offset: number; length: number },
): Buffer {
  const packet = memory.subarray(at - writeHeadLength(handle), at + length)
  packet.writeUInt32BE(packet.length - 4)
  packet.writeUInt8(PACKET.WRITE, 4)
  packet.writeUInt32BE(id, 5)
  packet.writeUInt32BE(handle.length, HEAD)
  packet.set(handle, HEAD + 4)
  packet.set(long(offset), HEAD + 4 + handle.length)
  packet.writeUInt32BE(length, HEAD + 4 + handle.length + 8)
  return packet
}

function request(type: number, ...parts: readonly Uint8Array[]): Request {
  return { type, body: Buffer.concat(parts) }
}

/** Length, type and id. */
const HEAD = 9
