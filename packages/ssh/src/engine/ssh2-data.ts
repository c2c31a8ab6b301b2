/*
 * The work on private fields of ssh2 that concerns bulk data, and nothing else: packets of AES-GCM by our own hand, windows, and
 * what comes on a channel past the channel's own buffer. Holds for the version of `load-engine.ts` alone.
 */

import type { CipherGCMTypes, KeyObject } from 'node:crypto'

import { ChannelWindow } from './channel-window.ts'
import { GcmPackets } from './gcm-packets.ts'
import { GcmSeal } from './gcm-seal.ts'
import { channelOf, isOpen } from './ssh2-internals.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** Takes what comes on a channel as it comes. */
export interface ChannelEar {
  /**
   * Asked each time: whether it has copied what it wants of the data when `arrived` returns, so that the memory is used for something
   * else. Otherwise the data is its own.
   */
  readonly copies: boolean
  /** More has come. Returns whether there is room for more; without it, `moreRoom` says when there is again. */
  arrived(data: Buffer): boolean
  /** What was gathered must go on: the end follows. */
  flush?(): void
}

/** Gives the ear what has come on the channel and what will come; the channel emits its end behind that. */
export function hearData(channel: EngineChannel, ear: ChannelEar): void {
  for (;;) {
    const before: unknown = channel.read()
    if (!Buffer.isBuffer(before)) break
    ear.arrived(before)
  }
  const push = channel.push.bind(channel)
  channel.push = (data: Buffer | null) => {
    if (data !== null) return ear.arrived(data)
    ear.flush?.()
    return push(null)
  }
  ears.set(channel, ear)
  // So that it emits its end.
  channel.resume()
}

/** There is room again for what comes on the channel. */
export function moreRoom(channel: EngineChannel): void {
  channel._read(0)
}

/** What comes on the channel from here on is dropped. */
export function hearNoData(channel: EngineChannel): void {
  Reflect.deleteProperty(channel, 'push')
  ears.delete(channel)
  channel.removeAllListeners('data')
  // Or the window of the connection fills up.
  channel.resume()
}

/**
 * Reads and writes packets of AES-GCM by our own hand from here on, until new keys are agreed on: ssh2 leaves several pieces of
 * memory to the garbage collector for each. Returns whether what is read need not be kept once the engine has returned, which
 * is not so for another cipher, and in the middle of a packet. What is written is copied by the socket in the call.
 */
export function takeGcm(client: EngineClient): boolean {
  const { _cipher: cipher } = client._protocol
  if (isGcm(cipher['_encSSLName'])) writeGcm(cipher as unknown as EngineSeal)
  const side = client._protocol._decipher as EngineGcm | undefined
  if (side === undefined || !isGcm(side._decipherSSLName) || side._lenBytes !== 0) return false
  const key = {
    cipher: side._decipherSSLName,
    key: side._decipherKey,
    iv: side._decipherIV,
  }
  const packets = new GcmPackets(key, {
    take(payload) {
      side.inSeqno = (side.inSeqno + 1) >>> 0
      return side._onPayload(payload)
    },
    copies: (payload) => isCopied(client, payload),
  })
  side.decrypt = (data, from, end) => packets.read(data, from, end)
  return true
}

function isGcm(name: unknown): name is CipherGCMTypes {
  return typeof name === 'string' && name.includes('gcm')
}

/** Whether nothing of the packet is needed once it was taken. */
function isCopied(client: EngineClient, payload: Buffer): boolean {
  if (payload[0] !== CHANNEL_DATA || payload.length < DATA_HEAD) return false
  const channel = channelOf(client, payload.readUInt32BE(1))
  return channel !== undefined && ears.get(channel)?.copies === true
}

function writeGcm(side: EngineSeal): void {
  const key = { cipher: side._encSSLName, key: side._encKey, iv: side._encIV }
  const seal = new GcmSeal(key, (bytes) => side._onWrite(bytes))
  side.allocPacket = (length) => seal.packet(length)
  side.encrypt = (packet) => {
    if (side._dead) return
    seal.send(packet)
    side.outSeqno = (side.outSeqno + 1) >>> 0
  }
}

/** What decrypts AES-GCM in ssh2. */
interface EngineGcm {
  readonly _decipherSSLName?: unknown
  readonly _decipherKey: KeyObject | Buffer
  readonly _decipherIV: Buffer
  /** How much of the length of a packet has been read. */
  readonly _lenBytes: number
  readonly _onPayload: (payload: Buffer) => unknown
  inSeqno: number
  decrypt: (data: Buffer, from: number, end: number) => unknown
}

/** What encrypts it. */
interface EngineSeal {
  readonly _encSSLName: CipherGCMTypes
  readonly _encKey: KeyObject | Buffer
  readonly _encIV: Buffer
  readonly _dead: boolean
  readonly _onWrite: (bytes: Buffer) => void
  outSeqno: number
  allocPacket: (length: number) => Buffer
  encrypt: (packet: Buffer) => void
}

/** Lets a server send further ahead on channels whose reader takes at once what comes; `isFar`: whether it is known to be far away. */
export function widenWindows(client: EngineClient, isFar: () => boolean): void {
  const { _handlers: handlers } = client._protocol
  const windows = new WeakMap<EngineChannel, ChannelWindow>()
  for (const name of ['CHANNEL_DATA', 'CHANNEL_EXTENDED_DATA']) {
    const original = handlers[name] as ((...all: unknown[]) => void) | undefined
    handlers[name] = (...all: unknown[]) => {
      const [, id, { length }] = all as [unknown, number, Buffer]
      const channel = channelOf(client, id)
      const left = (channel?.incoming.window ?? 0) - length
      original?.(...all)
      if (channel === undefined || isHeldUp(channel)) return
      const { incoming, outgoing } = channel
      const window = windows.get(channel) ?? new ChannelWindow()
      windows.set(channel, window)
      const granted = incoming.window - left
      const more = window.arrived(length, { left, granted, isFar: isFar() })
      if (more <= 0 || outgoing.state === 'closed') return
      incoming.window += more
      client._protocol.channelWindowAdjust(outgoing.id, more)
    }
  }
}

/** Whether something waits for the channel's reader, or ssh2 waits for it. */
function isHeldUp(channel: EngineChannel): boolean {
  return channel._waitChanDrain || channel.readableLength + channel.stderr.readableLength > 0
}

/** Lets the other side send so many bytes ahead, where ssh2 alone lets it send 2 MiB; it is not told for every packet. */
export function widenWindow(client: EngineClient, channel: EngineChannel, window: number): void {
  const { incoming, outgoing } = channel
  const more = window - incoming.window
  // Each word of ours wakes the server.
  if (more < window / 4 || !isOpen(channel)) return
  incoming.window += more
  client._protocol.channelWindowAdjust(outgoing.id, more)
}

const ears = new WeakMap<EngineChannel, ChannelEar>()
const CHANNEL_DATA = 94
/** The number of the message, the channel and the length of the data. */
const DATA_HEAD = 9
