/*
 * The work on private fields of ssh2, and nothing else: the checks that its handlers leave out, and the few steps
 * that its public functions do not offer one by one; `ssh2-exchange.ts` has those of the key exchange, and `ssh2-data.ts` those
 * of bulk data. Holds for the version of `load-engine.ts` alone.
 */

import type { Duplex } from 'node:stream'

import { isRangeError, isTypeError, netError } from '@net/core/authoring'

import type { PrivateKey } from '../identity/key-material.ts'
import { algorithmsOf, signData } from '../identity/signatures.ts'
import { allFields, fields, uint32 } from '../identity/wire.ts'
import { FIRST_WINDOW } from './channel-window.ts'
import { dataFault, LARGEST, packetSizeFault, windowFault, type Opening } from './channel-rules.ts'
import { unsupported } from './load-engine.ts'
import type { EngineChannel, EngineClient, EngineIncoming, EngineKey } from './ssh2-types.ts'

/** What the guard calls when a peer breaks the rules or leaves. */
export interface ProtocolGuard {
  /** The peer broke the rules; the connection must go. */
  broken(error: Error): void
  /** The peer said goodbye, with a reason of RFC 4253, section 11.1. */
  disconnected(reason: number, description: string): void
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
  const data = (_: never, id: number, { length }: Buffer): string | undefined =>
    dataFault(channelOf(client, id)?.incoming, id, length)
  check('CHANNEL_DATA', data)
  check('CHANNEL_EXTENDED_DATA', data)
  check('CHANNEL_WINDOW_ADJUST', (_, id: number, more: number) =>
    windowFault(channelOf(client, id)?.outgoing, more),
  )
  check('DISCONNECT', (_, reason: number, description: string) => {
    guard.disconnected(reason, description)
    return undefined
  })
  answerLate(client)
}

/**
 * Says no to what a server asks on a channel behind the status of its command as well, where ssh2 is silent: what the command has
 * left may have the channel still, and sshd takes a client that is silent for a lost one.
 */
function answerLate(client: EngineClient): void {
  const protocol = client._protocol
  const original = protocol._handlers['CHANNEL_REQUEST']
  protocol._handlers['CHANNEL_REQUEST'] = (...args: never[]) => {
    const [, id, , wantsReply] = args as unknown as [unknown, number, string, boolean]
    const channel = channelOf(client, id)
    const isLate = channel?._exit.code !== undefined
    original?.(...args)
    if (isLate && wantsReply && isOpen(channel)) protocol.channelFailure(channel.outgoing.id)
  }
}

/** A packet that ssh2 does not survive reading is the server's fault: one before its time, or without what belongs in it. */
export function blameServer(client: EngineClient): void {
  const protocol = client._protocol
  const parse = protocol.parse.bind(protocol)
  protocol.parse = (chunk, from, to) => {
    try {
      parse(chunk, from, to)
    } catch (error) {
      throw isTypeError(error) || isRangeError(error) ? unreadable(error) : error
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

/** Calls `heard` with the length of each packet that came whole and unharmed, but for those of later key exchanges. */
export function onPacket(client: EngineClient, heard: (length: number) => void): void {
  const protocol = client._protocol
  const take = protocol._onPayload
  // What decrypts is made anew with each key, and gets this function then.
  protocol._onPayload = (payload) => {
    heard(payload.length)
    // Some servers do not know the question whether they are there, and say so in place of an answer to it.
    const [waiting] = client._callbacks
    if (payload[0] === UNIMPLEMENTED && waiting !== undefined && questions.has(waiting)) {
      client._callbacks.shift()
    }
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
      const message = 'the server answered a login that was not attempted'
      return ear.broken(netError('NET_PROTO_UNEXPECTED', { message }))
    }
    // It turns compression on, and opens what comes after the login.
    return number === AUTH_SUCCESS ? take(payload) : undefined
  }
}

/** Hears each request of a login and on a channel as it came, before the server half makes something else of it. */
export function hearRequests(client: EngineIncoming, ear: RequestEar): void {
  const protocol = client._protocol
  const take = protocol._onPayload
  protocol._onPayload = (payload) => {
    if (payload[0] === AUTH_REQUEST) ear.login(payload)
    if (payload[0] === CHANNEL_REQUEST) ear.channel(payload)
    return take(payload)
  }
}

/** What gets requests; the bytes are lent for the time of the call. */
export interface RequestEar {
  login(payload: Buffer): void
  channel(payload: Buffer): void
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

/** Calls `wrote` with the length of what is sent, once the first keys are in use. */
export function onWrite(
  { _protocol: protocol }: EngineClient,
  wrote: (length: number) => void,
): void {
  const write = protocol._onWrite
  // What encrypts is made anew with each key, and gets this function then.
  protocol._onWrite = (data) => {
    wrote(data.length)
    write(data)
  }
}

/** Opens a session channel; ssh2 itself opens one only together with what is to run in it. */
export function openSessionChannel(
  client: EngineClient,
  done: (error: Error | undefined, channel?: EngineChannel) => void,
): void {
  const opening = Object.assign(done.bind(undefined), { type: 'session' })
  const id = client._chanMgr.add(opening)
  if (id === -1) done(new Error('No free channels available'))
  else client._protocol.session(id, FIRST_WINDOW, LARGEST)
}

/** What became of a request on a channel; `closed` if the server closed the channel in place of an answer. */
export type RequestAnswer = 'taken' | 'refused' | 'closed'

/** Whether requests may be sent on the channel: to a number that was closed they would reach another channel, or end the connection. */
export function isOpen(channel: EngineChannel): boolean {
  const { incoming, outgoing } = channel
  return incoming.state !== 'closed' && (outgoing.state === 'open' || outgoing.state === 'eof')
}

/** Lets the server open channels to an agent, to which `reach` leads; until then it is refused. */
export function allowAgent(client: EngineClient, reach: () => Promise<Duplex>): void {
  client._agentFwdEnabled = true
  client._agent = {
    getStream: (done) => {
      reach().then(
        (stream) => done(undefined, stream),
        (error: unknown) => done(error as Error),
      )
    },
  }
}

/** Says that what runs on the channel may use the agent (draft-ietf-sshm-ssh-agent, section 5). */
export function offerAgent(client: EngineClient, channel: EngineChannel): void {
  channelRequest(client, channel, { type: 'auth-agent-req@openssh.com', data: NOTHING })
}

/** A request on a channel (RFC 4254, section 5.4), with what belongs to its type. */
export interface ChannelRequest {
  readonly type: string
  readonly data: Uint8Array
}

/** Sends a request on a channel that is open; with `answered` it is one that the server answers. */
export function channelRequest(
  client: EngineClient,
  channel: EngineChannel,
  { type, data }: ChannelRequest,
  answered?: (answer: RequestAnswer) => void,
): void {
  if (answered !== undefined) {
    channel._callbacks.push((failed) => answered(answerOf(channel, failed)))
  }
  const head = [Buffer.of(CHANNEL_REQUEST), uint32(channel.outgoing.id), fields(type)]
  sendMessage(client, Buffer.concat([...head, Buffer.of(answered === undefined ? 0 : 1), data]))
}

/** ssh2 answers for a channel that is closed as for a request that was refused. */
function answerOf(channel: EngineChannel, failed: unknown): RequestAnswer {
  if (failed === false) return 'taken'
  return channel.incoming.state === 'closed' ? 'closed' : 'refused'
}

/** Sends a request without an answer, also after our end of the input, where ssh2 itself sends none. Nothing if the channel is closed. */
export function tellChannel(
  client: EngineClient,
  channel: EngineChannel,
  request: ChannelRequest,
): void {
  if (isOpen(channel)) channelRequest(client, channel, request)
}

/** Closes our side of the channel, and enlarges its window no more: the server may have forgotten its number. */
export function closeChannel(channel: EngineChannel): void {
  channel.close()
  channel.incoming.window = Infinity
}

/** Keeps a channel of the server half open when our side of it has ended: ssh2 closes it then, and what the client still sends is lost. */
export function endsAlone(channel: EngineChannel): void {
  for (const name of ['prefinish', 'finish']) channel.removeAllListeners(name)
  channel.on('finish', () => channel.eof())
}

/** Lets go of what had waited for room and has been written: the server half of ssh2 would send it again when the other output waits. */
export function forgetWritten(channel: EngineChannel): void {
  channel._chunk = undefined
  channel._chunkcb = undefined
}

/** Sends a question that the peer must answer, if only with "no". */
export function ping(client: EngineClient): void {
  // Answers carry no number: each question needs its place in the queue.
  const question = (): void => {}
  questions.add(question)
  client._callbacks.push(question)
  client._protocol.ping()
}

/** Marks all channels as closed, so that ssh2 writes nothing to a connection that is gone. */
export function silence(client: EngineClient): void {
  for (const channel of Object.values(client._chanMgr._channels)) {
    if (typeof channel === 'object') channel.outgoing.state = 'closed'
  }
}

/** Calls `heard` with the keys that the server says it has besides, in wire format. */
export function hearHostKeys(
  client: EngineClient,
  heard: (blobs: readonly Buffer[]) => void,
): void {
  const handlers = client._protocol._handlers
  const original = handlers['GLOBAL_REQUEST'] as ((...all: unknown[]) => void) | undefined
  handlers['GLOBAL_REQUEST'] = (...all: unknown[]) => {
    const [, name, , keys] = all as [unknown, string, boolean, readonly EngineKey[]]
    if (name === ANNOUNCE) heard(keys.map((key) => key.getPublicSSH()))
    else original?.(...all)
  }
}

/** Tells the client of these keys, and proves those that it asks for. */
export function announceHostKeys(client: EngineIncoming, keys: readonly PrivateKey[]): void {
  const { _handlers: handlers } = client._protocol
  const original = handlers['GLOBAL_REQUEST'] as ((...all: unknown[]) => void) | undefined
  handlers['GLOBAL_REQUEST'] = (...all: unknown[]) => {
    const [, name, , data] = all as [unknown, string, boolean, Buffer]
    if (name !== PROVE) {
      original?.(...all)
      return
    }
    const proofs = allFields(data).map((blob) => {
      const found = keys.find((key) => blob.equals(key.blob))
      const [algorithm = ''] = found === undefined ? [] : algorithmsOf(found.type)
      const said = fields(PROVE, sessionIdOf(client), blob)
      return found === undefined ? NOTHING : signData(found.key, algorithm, said)
    })
    client._protocol.requestSuccess(fields(...proofs))
  }
  const blobs = keys.map(({ blob }) => blob)
  const announcement = [Buffer.of(GLOBAL), fields(ANNOUNCE), Buffer.of(0), fields(...blobs)]
  sendMessage(client, Buffer.concat(announcement))
}

/** Sends a global request (RFC 4254, section 4) and gives what the server answers; undefined for no. */
export function globalRequest(
  client: EngineClient,
  name: string,
  data: Uint8Array,
  answered: (data: Uint8Array | undefined) => void,
): void {
  // Answers carry no number: each request needs its place in the queue.
  client._callbacks.push((failed, answer) =>
    answered(failed === false ? (answer ?? NOTHING) : undefined),
  )
  sendMessage(client, Buffer.concat([Buffer.of(GLOBAL), fields(name), Buffer.of(1), data]))
}

/** The channel of that number, if it is open. */
export function channelOf(client: EngineClient, id: number): EngineChannel | undefined {
  // Looked up in the table itself, which has an answer for every number of the wire.
  const channel = client._chanMgr._channels[id]
  return typeof channel === 'object' ? channel : undefined
}

const AUTH_REQUEST = 50
const CHANNEL_REQUEST = 98
const AUTH_FAILURE = 51
const AUTH_SUCCESS = 52
const AUTH_BANNER = 53
const LAST_AUTH = 79
const NOTHING = new Uint8Array(0)
const ANNOUNCE = 'hostkeys-00@openssh.com'
/** Asks a server to prove its keys, and is part of what it signs. */
export const PROVE: string = 'hostkeys-prove-00@openssh.com'
const UNIMPLEMENTED = 3
const GLOBAL = 80
// Those of the requests that wait for an answer which only ask whether the server is there.
const questions = new WeakSet<object>()
