/*
 * Where a server says that it waits for the data connection (RFC 2428 and RFC 959, section 4.1.2). Only the port is
 * believed: data goes to the host of the control connection and to no other, whatever the reply says.
 */

import { netError } from '@net/core/authoring'

import type { FtpReply } from './reply.ts'

/** The port of a 229 reply to EPSV. Throws `NET_PROTO_MALFORMED`, also for ports below 1024. */
export function extendedPort({ text }: FtpReply): number {
  const [, , digits = ''] = EXTENDED.exec(text) ?? []
  return checkedPort(Number.parseInt(digits, 10), text)
}

/** The port of a 227 reply to PASV. Throws `NET_PROTO_MALFORMED`, also for ports below 1024. */
export function passivePort({ text }: FtpReply): number {
  const [, ...digits] = PASSIVE.exec(text) ?? []
  const numbers = digits.map(Number)
  const [high = NaN, low = NaN] = numbers.slice(4)
  return checkedPort(numbers.every((number) => number < 256) ? high * 256 + low : NaN, text)
}

/** The address of a 227 reply, for a caller who believes it. */
export function passiveHost({ text }: FtpReply): string | undefined {
  const [, a, b, c, d] = PASSIVE.exec(text) ?? []
  return a === undefined ? undefined : [a, b, c, d].join('.')
}

function checkedPort(port: number, text: string): number {
  // Below 1024 live the services of the host; no FTP server takes data there.
  if (port >= 1024 && port <= 65_535) return port
  throw netError('NET_PROTO_MALFORMED', {
    message: `the server's reply names no usable port for data: ${text}`,
  })
}

const EXTENDED = /\(([!-~])\1\1(\d{1,6})\1\)/
const PASSIVE = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/
