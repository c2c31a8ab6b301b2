/*
 * The part of ssh2 that we use, as types, public and private. Nothing outside this folder may see them.
 */

import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'

/** Its half for clients. */
export interface ClientEngine {
  readonly Client: new () => EngineClient
}

/** Its half for servers. */
export interface ServerEngine {
  readonly Server: new (config: EngineServerConfig) => EngineServer
}

/** A parsed key. */
export interface EngineKey {
  readonly type: string
  readonly comment: string
  isPrivateKey(): boolean
  getPublicSSH(): Buffer
}

/** What the server half needs of a key. */
export type EngineHostKey = Pick<EngineKey, 'type' | 'getPublicSSH'> & {
  sign(data: Buffer, hash?: string): Buffer | Error
}

/** The options of the client. */
export interface EngineClientConfig {
  readonly sock: Duplex
  readonly username: string
  readonly readyTimeout: number
  readonly hostVerifier: (blob: Buffer, verify: (permitted: boolean) => void) => void
}

/** Names of algorithms in order of preference. */
export interface EngineAlgorithms {
  readonly kex: readonly string[]
  readonly serverHostKey: readonly string[]
  readonly cipher: readonly string[]
  readonly hmac: readonly string[]
  readonly compress: readonly string[]
}

/** The client; its fields with an underscore are private to ssh2 and used in `ssh2-internals.ts`, `ssh2-exchange.ts` and `ssh2-data.ts` alone. */
export interface EngineClient extends EventEmitter {
  connect(config: EngineClientConfig): this
  end(): this
  forwardOut(
    fromHost: string,
    fromPort: number,
    host: string,
    port: number,
    done: (error: Error | undefined, channel: EngineChannel) => void,
  ): this
  openssh_forwardOutStreamLocal(
    path: string,
    done: (error: Error | undefined, channel: EngineChannel) => void,
  ): this
  readonly _forwarding: Record<string, number>
  readonly _forwardingUnix: Record<string, boolean>
  _agentFwdEnabled: boolean
  _agent: { getStream(done: (error: Error | undefined, stream?: Duplex) => void): void } | undefined
  readonly _protocol: EngineProtocol
  readonly _chanMgr: EngineChannels
  readonly _callbacks: ((failed: unknown, data?: Buffer) => void)[]
}

/** The wire protocol of one connection. */
export interface EngineProtocol {
  readonly _handlers: Record<string, ((...args: never[]) => void) | undefined>
  _kex: EngineExchange | undefined
  _offer: EngineOffer
  /** Of the server half, by algorithm. */
  _hostKeys?: Readonly<Record<string, EngineHostKey>>
  readonly _strictMode: boolean | undefined
  readonly _cipher: Record<string, unknown> & { encrypt(packet: Buffer): void }
  readonly _decipher: Record<string, unknown> | undefined
  readonly _authenticated: boolean
  /** Set while a key exchange is under way. */
  readonly _kexinit: Buffer | undefined
  /** What waits for its end. */
  _queue: Buffer[] | undefined
  readonly _packetRW: { readonly write: EngineWriter }
  /** Bound to its object. */
  _onPayload: (payload: Buffer) => unknown
  _onWrite: (data: Buffer) => void
  parse(chunk: Buffer, from: number, to: number): void
  ping(): void
  rekey(): void
  disconnect(reason: number): void
  session(channel: number, window: number, packetSize: number): void
  exec(channel: number, command: string, wantReply: boolean): void
  env(channel: number, name: string, value: string, wantReply: boolean): void
  signal(channel: number, name: string): void
  channelData(channel: number, data: Buffer): void
  channelSuccess(channel: number): void
  channelFailure(channel: number): void
  channelEOF(channel: number): void
  channelWindowAdjust(channel: number, more: number): void
  channelClose(channel: number): void
  channelWindowAdjust(channel: number, more: number): void
  requestSuccess(data: Buffer): void
  channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void
}

/** One key exchange. */
export interface EngineExchange {
  readonly negotiated: EngineNegotiated
  readonly sessionID?: Buffer
  readonly _remoteKexinit?: Buffer
  /** `groupex` for a group that the server chooses, `_prime` and `_generator`. */
  readonly type?: string
  readonly _prime?: Buffer | null
  readonly _generator?: Buffer | null
  /** What the server shows as its key. */
  _hostKey?: Buffer
  finish(partly: boolean): unknown
  getPublicKey(): Buffer
}

/** The lists of algorithms of one side, and their bytes. */
export interface EngineOffer {
  readonly constructor: new (lists: object) => EngineOffer
  readonly lists: {
    readonly kex: { array: readonly string[] }
    readonly serverHostKey: { readonly array: readonly string[] }
    readonly cs: Readonly<
      Record<'cipher' | 'mac' | 'compress', { readonly array: readonly string[] }>
    >
  }
}

/** Makes packets of payloads. */
export interface EngineWriter {
  /** Where the payload begins in what `alloc` gives. */
  readonly allocStart: number
  alloc(length: number): Buffer
  finalize(packet: Buffer): Buffer
}

/** What both sides agreed on. */
export interface EngineNegotiated {
  readonly kex: string
  serverHostKey: string
  readonly cs: EngineDirection
  readonly sc: EngineDirection
}

/** What both sides agreed on for one direction. */
export interface EngineDirection {
  readonly cipher: string
  readonly mac: string
  readonly compress: string
}

/** The channels of a connection by their number; a function stands for one that is being opened. */
export interface EngineChannels {
  readonly _channels: Readonly<Record<number, EngineChannel | EngineOpening>>
  add(opening: EngineOpening): number
  get(id: number): EngineChannel | EngineOpening | undefined
}

/** Called when a channel is open, or with why not. */
export interface EngineOpening {
  (error: Error | undefined, channel?: EngineChannel): void
  type?: string
}

/** One channel, as client or as server. */
export interface EngineChannel extends Duplex {
  readonly type: string
  subtype: string | undefined
  readonly incoming: EngineFlow
  readonly outgoing: EngineFlow
  readonly stderr: Readable & NodeJS.WritableStream
  readonly _callbacks: ((failed: unknown) => void)[]
  /** How the command in it has ended; null for by a signal. */
  readonly _exit: { readonly code?: number | null | undefined }
  /** Whether its window is opened again only when it is read. */
  _waitChanDrain: boolean
  /** What waits for the window to open, and what is called then. */
  _chunk?: Buffer | undefined
  _chunkcb?: (() => void) | undefined
  close(): void
  eof(): void
  exit(status: number): void
  exit(signal: string, coreDumped?: boolean, message?: string): void
}

/** One direction of a channel. */
export interface EngineFlow {
  readonly id: number
  window: number
  packetSize: number
  state: 'open' | 'eof' | 'closing' | 'closed'
}

/** The options of the server. */
export interface EngineServerConfig {
  readonly hostKeys: readonly string[]
  readonly banner?: string
  readonly greeting?: string
  readonly ident?: string
  readonly keepaliveInterval?: number
  readonly algorithms?: Partial<EngineAlgorithms>
}

/** The server half. */
export interface EngineServer extends EventEmitter {
  injectSocket(socket: Socket): void
}

/** A client of the server half. */
export interface EngineIncoming extends EventEmitter {
  readonly _protocol: EngineProtocol
  end(): this
  forwardOut(
    host: string,
    port: number,
    fromHost: string,
    fromPort: number,
    done: (error: Error | undefined, channel?: EngineChannel) => void,
  ): this
  openssh_forwardOutStreamLocal(
    path: string,
    done: (error: Error | undefined, channel?: EngineChannel) => void,
  ): this
}

/** A session that a client of the server half has opened. */
export interface EngineSession extends EventEmitter {
  _ending: boolean
  /** Of the command that runs in it. */
  readonly _channel: EngineChannel | undefined
  readonly _chanInfo: { readonly incoming: EngineFlow; readonly outgoing: EngineFlow }
}

/** A terminal that a client asks for, or its new size. */
export interface EngineTerminal {
  readonly term: string
  readonly cols: number
  readonly rows: number
}

/** A login that a client of the server half attempts. */
export interface EngineLogin extends EventEmitter {
  readonly username: string
  readonly method: string
  readonly password?: string | { readonly oldPassword: string; readonly newPassword: string }
  accept(): void
  reject(methods?: readonly string[], partial?: boolean): void
  /** Of keyboard-interactive. */
  prompt?(
    prompts: { readonly prompt: string; readonly echo: boolean }[],
    title: string,
    instructions: string,
    answered: (answers: readonly string[] | Error) => void,
  ): void
  /** Of password. */
  requestChange?(prompt: string, answered: (newPassword: string) => void): void
}
