/*
 * All work on private fields of ssh2, and nothing else: the checks that its handlers leave out, and the few steps
 * that its public functions do not offer one by one. Holds for the version below alone.
 */

import { createSecretKey } from 'node:crypto'
import type { Duplex } from 'node:stream'

import { netError } from '@net/core/authoring'

import { HYBRID, type Algorithms } from '../algorithm-names.ts'
import type { Negotiated } from '../algorithms.ts'
import { GroupExchange } from '../group-exchange.ts'
import { HybridExchange } from '../hybrid-exchange.ts'
import { readCertificate } from '../identity/certificate.ts'
import { mpint, type PrivateKey } from '../identity/key-material.ts'
import { algorithmsOf, isCertificateType, plainType, signData } from '../identity/signatures.ts'
import { allFields, FieldReader, fields, uint32 } from '../identity/wire.ts'
import { dataFault, PACKET, packetSizeFault, windowFault, type Opening } from './channel-rules.ts'
import { unsupported } from './load-engine.ts'
import type {
  EngineChannel,
  EngineClient,
  EngineExchange,
  EngineIncoming,
  EngineKey,
} from './ssh2-types.ts'

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
  else client._protocol.session(id, WINDOW, PACKET)
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
  const request = [Buffer.of(98), uint32(channel.outgoing.id), fields('auth-agent-req@openssh.com')]
  sendMessage(client, Buffer.concat([...request, Buffer.of(0)]))
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
  const exchange = client._protocol._kex
  if (exchange === undefined) return undefined
  const { kex, serverHostKey, cs, sc } = exchange.negotiated
  const negotiated = Object.freeze({
    kex,
    hostKey: certified.get(exchange) ?? serverHostKey,
    cipherOut: cs.cipher,
    macOut: cs.mac,
    cipherIn: sc.cipher,
    macIn: sc.mac,
    compression: cs.compress,
  })
  return { negotiated, strict: client._protocol._strictMode === true }
}

/**
 * Offers these algorithms, also those that ssh2 does not know: the certificates of hosts, and the hybrid key exchange.
 * Before the first byte of the server.
 */
export function offerAlgorithms(
  client: EngineClient,
  { kex, hostKeys, ciphers, macs }: Algorithms,
  compression: readonly string[],
): void {
  const protocol = client._protocol
  const way = { cipher: ciphers, mac: macs, compress: compression, lang: [] }
  // Extensions, and the strict key exchange.
  const names = [...kex, 'ext-info-c', 'kex-strict-c-v00@openssh.com']
  const Offer = protocol._offer.constructor
  const made = new Offer({ kex: names, serverHostKey: hostKeys, cs: way, sc: way })
  const choice = new HybridChoice(names)
  made.lists.kex.array = choice.list
  protocol._offer = made
  let exchange = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set(next: EngineExchange) {
      exchange = next
      if (choice.made()) makeHybrid(next)
      if (next.type === 'groupex') makeGroup(next)
      if (isCertificateType(next.negotiated.serverHostKey)) takeCertificate(next)
    },
  })
}

/**
 * The list of our key exchanges as ssh2 reads it: once to compare names, and if the first one is what the server has as
 * well, once more to make what belongs to it, where the one stands that ssh2 knows and we make ours of.
 */
class HybridChoice {
  readonly list: readonly string[]
  #reads = 0

  constructor(names: readonly string[]) {
    this.list =
      names[0] !== HYBRID
        ? names
        : new Proxy(names, {
            get: (target, key) => {
              if (key !== '0') return Reflect.get(target, key) as unknown
              this.#reads += 1
              return this.#reads === 2 ? CURVE : HYBRID
            },
          })
  }

  /** Whether it is what was chosen, for the exchange that begins. */
  made(): boolean {
    const isMade = this.#reads > 1
    this.#reads = 0
    return isMade
  }
}

function makeHybrid(exchange: EngineExchange): void {
  const hybrid = new HybridExchange()
  Object.assign(exchange.negotiated, { kex: HYBRID })
  Object.assign(exchange, {
    generateKeys() {},
    getPublicKey: () => hybrid.publicKey,
    convertPublicKey: (key: Buffer) => key,
    computeSecret: (answer: Buffer) => secretOf(hybrid, answer),
  })
}

/** ssh2 asks for larger groups than there is need for, and has each tested for seconds. */
function makeGroup(exchange: EngineExchange): void {
  let group: GroupExchange | undefined
  const made = (): GroupExchange =>
    (group ??= new GroupExchange(exchange._prime ?? NOTHING, exchange._generator ?? NOTHING))
  Object.assign(exchange, {
    _prefBits: GROUP_BITS,
    generateKeys() {},
    getPublicKey: () => made().publicKey,
    getDHParams: () => ({
      prime: mpint(exchange._prime ?? NOTHING),
      generator: mpint(exchange._generator ?? NOTHING),
    }),
    computeSecret: (answer: Buffer) => secretOf(made(), answer),
  })
}

function secretOf(half: HybridExchange | GroupExchange, answer: Buffer): Buffer | Error {
  try {
    return half.secretOf(answer)
  } catch (error) {
    return error as Error
  }
}

/** ssh2 hashes what the server shows, and then verifies with it: between the two the key takes the place of its certificate. */
function takeCertificate(exchange: EngineExchange): void {
  const { negotiated } = exchange
  const name = negotiated.serverHostKey
  certified.set(exchange, name)
  // As the certificate calls itself.
  negotiated.serverHostKey = name.replace(/^rsa-sha2-\d+-/, 'ssh-rsa-')
  const [finish, ownKey] = [exchange.finish.bind(exchange), exchange.getPublicKey.bind(exchange)]
  exchange.getPublicKey = () => {
    const shown = exchange._hostKey
    const plain = shown === undefined ? undefined : readCertificate(shown)?.publicKey
    if (plain !== undefined) exchange._hostKey = Buffer.from(plain)
    return ownKey()
  }
  exchange.finish = (partly) => {
    negotiated.serverHostKey = plainType(name)
    return finish(partly)
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

/** Lets the server half show this certificate to clients that ask for one, before its keys. As soon as a client has connected. */
export function serveCertificate({ _protocol: protocol }: EngineIncoming, blob: Uint8Array): void {
  const name = readCertificate(blob)?.type ?? ''
  const { kex, serverHostKey, cs } = protocol._offer.lists
  const key = protocol._hostKeys?.[plainType(name)]
  if (key === undefined) return
  const way = { cipher: cs.cipher.array, mac: cs.mac.array, compress: cs.compress.array, lang: [] }
  const Offer = protocol._offer.constructor
  const names = [name, ...serverHostKey.array]
  protocol._offer = new Offer({ kex: kex.array, serverHostKey: names, cs: way, sc: way })
  const shown = { type: key.type, getPublicSSH: () => Buffer.from(blob), sign: key.sign.bind(key) }
  protocol._hostKeys = { ...protocol._hostKeys, [name]: shown }
  let exchange = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set(next: EngineExchange) {
      exchange = next
      const finish = next.finish.bind(next)
      // The signature is one of the key in it.
      next.finish = (partly) => {
        next.negotiated.serverHostKey = plainType(next.negotiated.serverHostKey)
        return finish(partly)
      }
    },
  })
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
  const announcement = [Buffer.of(80), fields(ANNOUNCE), Buffer.of(0), fields(...blobs)]
  sendMessage(client, Buffer.concat(announcement))
}

/** Sends a global request (RFC 4254, section 4) and gives what the server answers; undefined for no. */
export function globalRequest(
  client: EngineClient,
  message: Uint8Array,
  answered: (data: Uint8Array | undefined) => void,
): void {
  // Answers carry no number: each request needs its place in the queue.
  client._callbacks.push((failed, data) =>
    answered(failed === false ? (data ?? NOTHING) : undefined),
  )
  sendMessage(client, message)
}

/**
 * Agrees on new keys. Nothing if that is under way. Begins behind the packet that may just be written: ssh2 counts it only
 * then, and would encrypt another one under the same number.
 */
export function exchangeKeys({ _protocol }: EngineClient): void {
  queueMicrotask(() => {
    if (_protocol._kexinit === undefined) _protocol.rekey()
  })
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

function channelOf(client: EngineClient, id: number): EngineChannel | undefined {
  // Looked up in the table itself, which has an answer for every number of the wire.
  const channel = client._chanMgr._channels[id]
  return typeof channel === 'object' ? channel : undefined
}

// ssh2's own constant: what it announces to the peer, and counts by.
const WINDOW = 2 * 1024 * 1024
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
// As strong as AES-128, and computed in milliseconds.
const GROUP_BITS = 3072
const CURVE = 'curve25519-sha256'
const NOTHING = new Uint8Array(0)
// The algorithm that was agreed on for a certificate, which ssh2 must not see.
const certified = new WeakMap<EngineExchange, string>()
const ANNOUNCE = 'hostkeys-00@openssh.com'
/** Asks a server to prove its keys, and is part of what it signs. */
export const PROVE: string = 'hostkeys-prove-00@openssh.com'
const UNIMPLEMENTED = 3
// Those of the requests that wait for an answer which only ask whether the server is there.
const questions = new WeakSet<object>()
