/* The answers of an SFTP server, written. */

import { fields, uint32 } from '../../identity/wire.ts'
import { attributeBytes, typeOf, type SftpAttributes } from '../../sftp/attributes.ts'
import { PACKET } from '../../sftp/packets.ts'
import { packetOf } from '../../sftp/requests.ts'
import type { StoredEntry } from './sftp-store.ts'

/** An answer without the id of its request. */
export interface SftpAnswer {
  readonly type: number
  readonly body: Uint8Array
}

/** How a request went. */
export function statusAnswer(code: number, text: string): SftpAnswer {
  return { type: PACKET.STATUS, body: Buffer.concat([uint32(code), fields(text, '')]) }
}

/** What was opened. */
export function handleAnswer(handle: string): SftpAnswer {
  return { type: PACKET.HANDLE, body: fields(Buffer.from(handle, 'latin1')) }
}

/** Bytes of a file. */
export function dataAnswer(data: Uint8Array): SftpAnswer {
  return { type: PACKET.DATA, body: fields(data) }
}

/** What is known of a file. */
export function attributesAnswer(attributes: SftpAttributes): SftpAnswer {
  return { type: PACKET.ATTRS, body: attributeBytes(attributes) }
}

/** Names of a folder, or one path. */
export function namesAnswer(entries: readonly StoredEntry[]): SftpAnswer {
  const named = entries.map(({ name, attributes, line }) =>
    Buffer.concat([
      fields(Buffer.from(name, 'latin1'), line ?? lineOf(name, attributes)),
      attributeBytes(attributes),
    ]),
  )
  return { type: PACKET.NAME, body: Buffer.concat([uint32(entries.length), ...named]) }
}

/** What an extension answers. */
export function extendedAnswer(...parts: readonly Uint8Array[]): SftpAnswer {
  return { type: PACKET.EXTENDED_REPLY, body: Buffer.concat(parts) }
}

/** The first packet of a server. */
export function versionPacket(
  version: number,
  extensions: Readonly<Record<string, string>>,
): Buffer {
  const body = Buffer.concat(Object.entries(extensions).map((pair) => fields(...pair)))
  return packetOf(version, { type: PACKET.VERSION, body })
}

function lineOf(name: string, attributes: SftpAttributes): Buffer {
  const letter = LETTERS[typeOf(attributes) ?? 'file']
  const mode = ((attributes.permissions ?? 0) & 0o777)
    .toString(2)
    .padStart(9, '0')
    .replaceAll(/\d/g, (bit, at: number) => (bit === '1' ? ('rwx'[at % 3] ?? '') : '-'))
  const { size = 0, uid = 0, gid = 0 } = attributes
  return Buffer.from(`${letter}${mode}    1 ${uid} ${gid} ${size} Jan  1  2026 ${name}`, 'latin1')
}

const LETTERS = {
  file: '-',
  folder: 'd',
  link: 'l',
  pipe: 'p',
  socket: 's',
  block: 'b',
  character: 'c',
} as const
