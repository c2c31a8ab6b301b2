/*
 * The header by which a load balancer or forwarder tells a server for whom it connects: PROXY protocol, version 1 (a line) and 2
 * (binary), as HAProxy defines it. No I/O.
 */

import { isIP } from 'node:net'

import type { Endpoint } from '@net/core'
import { netError, type ByteQueue } from '@net/core/authoring'

import { addressBytes, addressText } from '../address-bytes.ts'

/** What a header says. */
export interface ProxyHeader {
  /** Whose connection it is; undefined where the proxy speaks for itself, or does not know. */
  readonly source: Endpoint | undefined
  /** Which address that client connected to. */
  readonly destination: Endpoint | undefined
}

/** Takes the header from the beginning of what has arrived; undefined to be asked again with more. Throws `NET_PROTO_MALFORMED` or `NET_PROTO_LIMIT`. */
export function takeProxyHeader(queue: ByteQueue): ProxyHeader | undefined {
  const seen = Buffer.from(queue.peek(SIGNATURE.length))
  if (seen.equals(SIGNATURE.subarray(0, seen.length))) {
    return seen.length < SIGNATURE.length ? undefined : takeVersion2(queue)
  }
  const begun = Math.min(seen.length, WORD.length)
  if (seen.toString('latin1', 0, begun) !== WORD.slice(0, begun)) throw malformed('it has none')
  return takeVersion1(queue)
}

/** The header as bytes; one without a source says that the proxy speaks for itself. Throws `NET_BAD_OPTION` for version 1 and a Unix socket. */
export function proxyHeader({ source, destination }: ProxyHeader, version: 1 | 2): Uint8Array {
  const from = addressesOf(source, destination)
  if (version === 2) return version2(from)
  if (from === undefined) return Buffer.from('PROXY UNKNOWN\r\n')
  const { family, source: src, destination: dst } = from
  return Buffer.from(`PROXY TCP${family} ${src.host} ${dst.host} ${src.port} ${dst.port}\r\n`)
}

interface Addresses {
  readonly family: 4 | 6
  readonly source: Endpoint
  readonly destination: Endpoint
}

/** Both of one family, as the header wants it; undefined where the client has no IP address. */
function addressesOf(
  source: Endpoint | undefined,
  destination: Endpoint | undefined,
): Addresses | undefined {
  const family = isIP(source?.host ?? '')
  if (source === undefined || family === 0) return undefined
  const same = destination !== undefined && isIP(destination.host) === family
  const unknown = { scheme: 'tcp', host: family === 4 ? '0.0.0.0' : '::', port: 0 }
  return { family: family === 4 ? 4 : 6, source, destination: same ? destination : unknown }
}

function version2(from: Addresses | undefined): Uint8Array {
  if (from === undefined) return Buffer.concat([SIGNATURE, Buffer.of(0x20, 0, 0, 0)])
  const { family, source, destination } = from
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(source.port)
  ports.writeUInt16BE(destination.port, 2)
  const body = Buffer.concat([addressBytes(source.host), addressBytes(destination.host), ports])
  const head = Buffer.of(0x21, family === 4 ? TCP4 : TCP6, 0, body.length)
  return Buffer.concat([SIGNATURE, head, body])
}

function takeVersion1(queue: ByteQueue): ProxyHeader | undefined {
  const at = queue.indexOf(LINE_END, 0)
  if (at < 0 && queue.length < LONGEST_LINE) return undefined
  if (at < 0 || at + 2 > LONGEST_LINE) throw malformed('the line has no end')
  const line = Buffer.from(queue.take(at + 2)).toString('latin1', 0, at)
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { source: undefined, destination: undefined }
  const [, family, ...words] = /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? []
  const [from = '', to = '', fromPort, toPort] = words
  const ports = [Number(fromPort), Number(toPort)] as const
  if (String(isIP(from)) !== family || isIP(to) !== isIP(from) || Math.max(...ports) > 65_535) {
    throw malformed('the addresses in the line are not valid')
  }
  return { source: tcp(from, ports[0]), destination: tcp(to, ports[1]) }
}

function takeVersion2(queue: ByteQueue): ProxyHeader | undefined {
  if (queue.length < HEAD) return undefined
  const head = Buffer.from(queue.peek(HEAD))
  const [command = 0, family = 0] = head.subarray(SIGNATURE.length)
  const size = head.readUInt16BE(14)
  if (command >> 4 !== 2 || (command & 0xf) > 1) throw malformed('its version is unknown')
  if (size > LONGEST_BODY) {
    throw netError('NET_PROTO_LIMIT', {
      message: `the PROXY header is longer than ${LONGEST_BODY} bytes`,
      limit: LONGEST_BODY,
      received: size,
    })
  }
  if (queue.length < HEAD + size) return undefined
  const body = Buffer.from(queue.take(HEAD + size)).subarray(HEAD)
  // Of Unix sockets and datagrams nothing is told that could be connected to.
  const width = (command & 0xf) === 0 ? undefined : WIDTHS.get(family)
  return width === undefined
    ? { source: undefined, destination: undefined }
    : addressesIn(body, width)
}

function addressesIn(body: Buffer, width: number): ProxyHeader {
  if (body.length < 2 * width + 4) throw malformed('it is too short for its addresses')
  const address = (at: number): string => addressText(body.subarray(at, at + width))
  return {
    source: tcp(address(0), body.readUInt16BE(2 * width)),
    destination: tcp(address(width), body.readUInt16BE(2 * width + 2)),
  }
}

function tcp(host: string, port: number): Endpoint {
  return Object.freeze({ scheme: 'tcp', host, port })
}

function malformed(why: string): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: `the connection does not begin with a PROXY header: ${why}`,
  })
}

const WORD = 'PROXY '
const LINE_END: Uint8Array = Buffer.from('\r\n')
/** With the line end, as the definition has it. */
const LONGEST_LINE = 107
const SIGNATURE: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const HEAD = 16
/** Addresses and what load balancers add to them. */
const LONGEST_BODY = 4096
const TCP4 = 0x11
const TCP6 = 0x21
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [TCP4, 4],
  [TCP6, 16],
])
