/* The opening handshake of a WebSocket (RFC 6455 section 4): what a client asks for, and what its server may answer. */

import { createHash, randomBytes } from 'node:crypto'

import { netError } from '@net/core/authoring'

import type { HeaderFields, HttpHeaders } from './headers.ts'

/** The fields of a request for a WebSocket. */
export interface WebSocketRequest {
  readonly key: string
  readonly protocols: readonly string[]
  readonly compress: boolean
}

/** What was agreed on. */
export interface WebSocketTerms {
  /** Empty for none. */
  readonly protocol: string
  /** The parameters of `permessage-deflate`; undefined without. */
  readonly deflate: Readonly<Record<string, string | true>> | undefined
}

/** A request with a key of its own. */
export function webSocketRequest(
  protocols: readonly string[],
  compress: boolean,
): WebSocketRequest {
  return { key: randomBytes(16).toString('base64'), protocols, compress }
}

/** The fields that ask for it, beside those of the caller. */
export function requestFields({
  key,
  protocols,
  compress,
}: WebSocketRequest): Readonly<Record<string, string>> {
  return {
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
    ...(compress ? { 'sec-websocket-extensions': OFFER } : {}),
  }
}

/** What the server agreed to. Throws `NET_PROTO_UNEXPECTED` for what was not asked for. */
export function termsOf(headers: HttpHeaders, asked: WebSocketRequest): WebSocketTerms {
  if (headers.get('sec-websocket-accept') !== acceptOf(asked.key))
    throw unexpected('the server did not answer the key of the WebSocket')
  const protocol = headers.get('sec-websocket-protocol') ?? ''
  if (protocol !== '' && !asked.protocols.includes(protocol))
    throw unexpected('the server chose a sub-protocol that was not asked for')
  const [extension, ...others] = extensionsIn(headers.get('sec-websocket-extensions') ?? '')
  if (extension === undefined) return { protocol, deflate: undefined }
  if (!asked.compress || others.length > 0 || extension.name !== DEFLATE)
    throw unexpected('the server chose an extension that was not asked for')
  if (!Object.entries(extension.params).every(([name, value]) => isParam(name, value)))
    throw unexpected('the server compresses in a way that was not asked for')
  return { protocol, deflate: extension.params }
}

/** The fields of an answer that agrees, for a server: the first sub-protocol that both know. */
export function answerFields(
  key: string,
  protocol: string | undefined,
  compress: boolean,
): HeaderFields & Readonly<Record<string, string>> {
  return {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': acceptOf(key),
    ...(protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }),
    ...(compress ? { 'sec-websocket-extensions': AGREED } : {}),
  }
}

/** What a server compresses by that answers like that. */
export const AGREED_DEFLATE: Readonly<Record<string, string | true>> = {
  server_no_context_takeover: true,
  client_no_context_takeover: true,
}

interface Extension {
  readonly name: string
  readonly params: Readonly<Record<string, string | true>>
}

/** The extensions that a field names (RFC 6455 section 9.1), without values in quotes that hold more than a token. */
export function extensionsIn(field: string): readonly Extension[] {
  return field
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', ...params] = each.split(';').map((part) => part.trim())
      return { name: name.toLowerCase(), params: Object.fromEntries(params.map(paramOf)) }
    })
}

function paramOf(text: string): [string, string | true] {
  const [name = '', value] = text.split('=')
  return [
    name.trim().toLowerCase(),
    value === undefined ? true : value.trim().replace(/^"(.*)"$/, '$1'),
  ]
}

/** What may be said to our offer (RFC 7692 section 7.1). */
function isParam(name: string, value: string | true): boolean {
  if (name === 'server_no_context_takeover' || name === 'client_no_context_takeover')
    return value === true
  const bits = name === 'server_max_window_bits' || name === 'client_max_window_bits'
  return bits && /^(?:[89]|1[0-5])$/.test(String(value))
}

function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

function unexpected(message: string): Error {
  return netError('NET_PROTO_UNEXPECTED', { message, sent: true })
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const DEFLATE = 'permessage-deflate'
const OFFER = 'permessage-deflate; client_max_window_bits'
const AGREED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'
