/*
 * All work on private fields of ssh2, and nothing else: the checks that its handlers leave out, and the few steps
 * that its public functions do not offer one by one. Holds for the version below alone.
 */

import { createSecretKey } from 'node:crypto'

import { netError } from '@net/core/authoring'

import type { Negotiated } from '../algorithms.ts'
import { FieldReader } from '../identity/wire.ts'
import type {
  Engine,
  EngineChannel,
  EngineClient,
  EngineFlow,
  EngineIncoming,
} from './ssh2-types.ts'

/** What the guard calls when a peer breaks the rules or leaves. */
export interface ProtocolGuard {
  /** The peer broke the rules; the connection must go. */
  broken(error: Error): void
  /** The peer said goodbye, with a reason of RFC 4253, section 11.1. */
  disconnected(reason: number, description: string): void
}

/**
 * Loads the engine, at the first connection and not before. Rejects with `NET_RUNTIME_UNSUPPORTED` for a version that
 * this file was not written for, because what it leaves out is unknown.
 */
export async function loadEngine(): Promise<Engine> {
  engine ??= await importEngine()
  return engine
}

async function importEngine(): Promise<Engine> {
  const manifest = await import('ssh2/package.json', { with: { type: 'json' } })
  if (manifest.default.version !== VERSION) throw unsupported()
  return (await import('ssh2')).default
}

/** Puts our checks in front of ssh2's handlers: packet sizes, windows, and data where none may come. */
export function guardProtocol(client: EngineClient, guard: ProtocolGuard): void {
  const check = (name: string, look: (...args: never[]) => string | undefined): void => {
    const handlers = client._protocol._handlers
    const original = handlers[name]
    if (original === undefined) throw unsupported()
    handlers[name] = (...args: never[]) => {
      const complaint = look(...args)
      if (complaint === undefined) original(...args)
      else guard.broken(netError('NET_PROTO_UNEXPECTED', { message: complaint }))
    }
  }
  check('CHANNEL_OPEN', (_, info: Opening) => packetSizeFault(info))
  check('CHANNEL_OPEN_CONFIRMATION', (_, info: Opening) => packetSizeFault(info))
  check('CHANNEL_DATA', (_, id: number, data: Buffer) => dataFault(client, id, data))
  check('CHANNEL_EXTENDED_DATA', (_, id: number, data: Buffer) => dataFault(client, id, data))
  check('CHANNEL_WINDOW_ADJUST', (_, id: number, more: number) => windowFault(client, id, more))
  check('DISCONNECT', (_, reason: number, description: string) => {
    guard.disconnected(reason, description)
    return undefined
  })
}

/** A packet that ssh2 does not survive reading is the server's fault: one before its time, or without what belongs in it. */
export function blameServer(client: EngineClient): void {
  const protocol = client._protocol
  const parse = protocol.parse.bind(protocol)
  protocol.parse = (chunk, from, to) => {
    try {
      parse(chunk, from, to)
    } catch (error) {
      throw error instanceof TypeError || error instanceof RangeError ? unreadable(error) : error
    }
  }
}

function unreadable(cause: Error): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: 'the server broke the protocol: it sent a packet that cannot be read',
    cause,
  })
}

/**
 * Holds back what the server sends until its identification is complete, as `heard` says for each chunk: ssh2 gets the
 * identification in one piece, whatever the size of the chunks.
 */
export function holdUntilIdentified(client: EngineClient, heard: (chunk: Buffer) => boolean): void {
  const protocol = client._protocol
  const parse = protocol.parse.bind(protocol)
  const held: Buffer[] = []
  protocol.parse = (chunk, from, to) => {
    const part = chunk.subarray(from, to)
    held.push(part)
    if (!heard(part)) return
    protocol.parse = parse
    const whole = Buffer.concat(held)
    parse(whole, 0, whole.length)
  }
}

/** Calls `heard` for each packet that came whole and unharmed, but for those of later key exchanges. */
export function onPacket(client: EngineClient, heard: () => void): void {
  const protocol = client._protocol
  const take = protocol._onPayload
  // What decrypts is made anew with each key, and gets this function then.
  protocol._onPayload = (payload) => {
    heard()
    return take(payload)
  }
}

/** What the login of a connection hears of its server. */
export interface LoginEar {
  /** The server is ready for a login. */
  ready(): void
  /** The signature algorithms that the server takes (RFC 8308, section 3.1). */
  signatures(names: readonly string[]): void
  /** A reply to the login (RFC 4252); false if nothing was asked. */
  reply(payload: Buffer): boolean
  /** The server broke the rules; the connection must go. */
  broken(error: Error): void
}

/** Leads a login past ssh2, which hears of its success alone. */
export function hearLogin(client: EngineClient, ear: LoginEar): void {
  const protocol = client._protocol
  const handlers = protocol._handlers
  handlers['SERVICE_ACCEPT'] = () => ear.ready()
  handlers['EXT_INFO'] = (_, extensions: readonly { readonly algs: readonly string[] }[]) => {
    const [found] = extensions
    if (found !== undefined) ear.signatures(found.algs)
  }
  const take = protocol._onPayload
  protocol._onPayload = (payload) => {
    const number = payload[0] ?? 0
    const isReply = number >= AUTH_FAILURE && number <= LAST_AUTH && number !== AUTH_BANNER
    if (!isReply || protocol._authenticated) return take(payload)
    if (!ear.reply(payload)) {
      const message = 'the server answered a login that nobody had attempted'
      return ear.broken(netError('NET_PROTO_UNEXPECTED', { message }))
    }
    // It turns compression on, and opens what comes after the login.
    return number === AUTH_SUCCESS ? take(payload) : undefined
  }
}

/** Calls `heard` for each request of a login, as it came, before the server half makes something else of it. */
export function hearLoginRequests(client: EngineIncoming, heard: (payload: Buffer) => void): void {
  const protocol = client._protocol
  const take = protocol._onPayload
  protocol._onPayload = (payload) => {
    if (payload[0] === AUTH_REQUEST) heard(Buffer.from(payload))
    return take(payload)
  }
}

/** Sends a message, behind a key exchange that is under way. */
export function sendMessage(client: EngineClient | EngineIncoming, message: Uint8Array): void {
  const protocol = client._protocol
  const { write } = protocol._packetRW
  const packet = write.alloc(message.length)
  packet.set(message, write.allocStart)
  const finished = write.finalize(packet)
  if (protocol._kexinit === undefined) protocol._cipher.encrypt(finished)
  else (protocol._queue ??= []).push(finished)
}

/** What a login signs besides its own words, so that no other connection can use it; empty before the key exchange. */
export function sessionIdOf(client: EngineClient | EngineIncoming): Uint8Array {
  return client._protocol._kex?.sessionID ?? new Uint8Array(0)
}

/** Opens a session channel; ssh2 itself opens one only together with what is to run in it. */
export function openSessionChannel(
  client: EngineClient,
  done: (error: Error | undefined, channel?: EngineChannel) => void,
): void {
  const opening = Object.assign(done.bind(undefined), { type: 'session' })
  const id = client._chanMgr.add(opening)
  if (id === -1) done(new Error('No free channels available'))
  else client._protocol.session(id, WINDOW, PACKET)
}

/** What became of a request on a channel; `closed` if the server closed the channel in place of an answer. */
export type RequestAnswer = 'taken' | 'refused' | 'closed'

/** Whether requests may be sent on the channel: to a number that was closed they would reach another channel, or end the connection. */
export function isOpen(channel: EngineChannel): boolean {
  const { incoming, outgoing } = channel
  return incoming.state !== 'closed' && (outgoing.state === 'open' || outgoing.state === 'eof')
}

/** Asks for a variable to be set in what is to run. The channel must be open. */
export function requestVariable(
  client: EngineClient,
  channel: EngineChannel,
  variable: { readonly name: string; readonly value: string },
  answered: (answer: RequestAnswer) => void,
): void {
  channel._callbacks.push((failed) => answered(answerOf(channel, failed)))
  client._protocol.env(channel.outgoing.id, variable.name, variable.value, true)
}

/** Asks for a command to be run. The channel must be open. */
export function requestCommand(
  client: EngineClient,
  channel: EngineChannel,
  command: string,
  answered: (answer: RequestAnswer) => void,
): void {
  channel._callbacks.push((failed) => {
    channel.subtype = 'exec'
    answered(answerOf(channel, failed))
  })
  client._protocol.exec(channel.outgoing.id, command, true)
}

/** ssh2 answers for a channel that is closed as for a request that was refused. */
function answerOf(channel: EngineChannel, failed: unknown): RequestAnswer {
  if (failed === false) return 'taken'
  return channel.incoming.state === 'closed' ? 'closed' : 'refused'
}

/** Sends a signal, also after our end of the input, where ssh2 itself sends none. Nothing if the channel is closed. */
export function sendSignal(client: EngineClient, channel: EngineChannel, name: string): void {
  if (isOpen(channel)) client._protocol.signal(channel.outgoing.id, name)
}

/** Closes our side of the channel, and enlarges its window no more: the server may have forgotten its number. */
export function closeChannel(channel: EngineChannel): void {
  channel.close()
  channel.incoming.window = Infinity
}

/** Sends a question that the peer must answer, if only with "no". */
export function ping(client: EngineClient): void {
  // Answers carry no number: each question needs its place in the queue.
  client._callbacks.push(() => {})
  client._protocol.ping()
}

/** Marks all channels as closed, so that ssh2 writes nothing to a connection that is gone. */
export function silence(client: EngineClient): void {
  for (const channel of Object.values(client._chanMgr._channels)) {
    if (typeof channel === 'object') channel.outgoing.state = 'closed'
  }
}

/**
 * Keys of ciphers and MACs as key objects, after each key exchange: ssh2 makes a cipher for every packet, and a key
 * given as bytes costs Node more than the cipher itself.
 */
export function keysAsObjects({ _protocol }: EngineClient | EngineIncoming): void {
  const { _cipher, _decipher } = _protocol
  for (const side of [_cipher, _decipher]) {
    for (const name of KEY_FIELDS) {
      const key = side?.[name]
      if (Buffer.isBuffer(key) && side !== undefined) side[name] = createSecretKey(key)
    }
  }
}

/** What was agreed on, and whether the key exchange was strict; undefined before. */
export function negotiatedBy(
  client: EngineClient,
): { readonly negotiated: Negotiated; readonly strict: boolean } | undefined {
  const agreed = client._protocol._kex?.negotiated
  if (agreed === undefined) return undefined
  const negotiated = Object.freeze({
    kex: agreed.kex,
    hostKey: agreed.serverHostKey,
    cipherOut: agreed.cs.cipher,
    macOut: agreed.cs.mac,
    cipherIn: agreed.sc.cipher,
    macIn: agreed.sc.mac,
  })
  return { negotiated, strict: client._protocol._strictMode === true }
}

/** The algorithms for host keys that the server offers (RFC 4253, section 7.1); none if it has not said so yet. */
export function hostKeysOffered(client: EngineClient): readonly string[] {
  const said = client._protocol._kex?._remoteKexinit
  if (said === undefined) return []
  // The number of the message and the cookie, then lists of names: of key exchanges, of host keys.
  const reader = new FieldReader(said.subarray(17))
  reader.field()
  return reader.text().split(',')
}

interface Opening {
  packetSize: number
  readonly window: number
}

function packetSizeFault(info: Opening): string | undefined {
  if (info.packetSize < SMALLEST_PACKET || info.packetSize > LARGEST_PACKET) {
    return `the server announced packets of ${info.packetSize} bytes; ${SMALLEST_PACKET} to ${LARGEST_PACKET} are allowed`
  }
  // Larger ones are allowed to be sent, not required (RFC 4253, section 6.1).
  info.packetSize = Math.min(info.packetSize, PACKET)
  return undefined
}

function dataFault(client: EngineClient, id: number, data: Buffer): string | undefined {
  const channel = channelOf(client, id)
  if (channel === undefined) return `the server sent data for channel ${id}, which is not open`
  const incoming: EngineFlow = channel.incoming
  if (incoming.state !== 'open') return 'the server sent data after the end of a channel'
  if (data.length > PACKET)
    return `the server sent a packet of ${data.length} bytes, beyond the ${PACKET} allowed`
  if (data.length > incoming.window) {
    return `the server sent ${data.length} bytes into a window of ${incoming.window}`
  }
  return undefined
}

function windowFault(client: EngineClient, id: number, more: number): string | undefined {
  const channel = channelOf(client, id)
  if (channel === undefined || channel.outgoing.window + more <= LARGEST_WINDOW) return undefined
  return 'the server opened a window beyond the largest there can be'
}

function channelOf(client: EngineClient, id: number): EngineChannel | undefined {
  // Looked up in the table itself, which has an answer for every number of the wire.
  const channel = client._chanMgr._channels[id]
  return typeof channel === 'object' ? channel : undefined
}

function unsupported(): Error {
  return netError('NET_RUNTIME_UNSUPPORTED', {
    message: `this package needs ssh2 ${VERSION}, and another version is installed`,
  })
}

let engine: Engine | undefined
const VERSION = '1.17.0'
// ssh2's own constants: what it announces to the peer, and counts by.
const WINDOW = 2 * 1024 * 1024
const PACKET = 32 * 1024
const SMALLEST_PACKET = 256
const LARGEST_PACKET = 2 ** 31 - 1
const LARGEST_WINDOW = 2 ** 32 - 1
// Of AES-GCM, ChaCha20-Poly1305 and HMAC, out and in. AES-CTR makes one cipher for all packets.
const KEY_FIELDS = [
  '_encKey',
  '_decipherKey',
  '_encKeyMain',
  '_encKeyPktLen',
  '_decKeyMain',
  '_decKeyPktLen',
  '_macKey',
] as const
const AUTH_REQUEST = 50
const AUTH_FAILURE = 51
const AUTH_SUCCESS = 52
const AUTH_BANNER = 53
const LAST_AUTH = 79
