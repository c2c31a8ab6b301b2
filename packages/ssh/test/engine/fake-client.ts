/* A client of ssh2 that stands alone: what it sends is kept, and what a server would say is said by the test. */

import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'

import type { EngineClient } from '../../src/engine/ssh2-types.ts'

/** The client, what it has sent, and the words of its server. */
export interface FakeClient {
  readonly client: EngineClient
  readonly sent: Buffer[]
  /** Answers the oldest global request. */
  answer(failed: boolean, data?: Buffer): void
  /** The server opens a channel; resolves to what became of it. */
  open(type: string, data: object): 'opened' | 'refused' | 'open'
}

export function fakeClient(): FakeClient {
  const sent: Buffer[] = []
  const events = new EventEmitter()
  let outcome: 'opened' | 'refused' | 'open' = 'open'
  const open = (
    _: unknown,
    { type, data }: { type: string; data: Record<string, unknown> },
  ): void => {
    const accept = (): unknown => {
      outcome = 'opened'
      return Object.assign(new PassThrough(), {
        outgoing: { id: 1, state: 'open' },
        incoming: { id: 1, state: 'open' },
        close() {},
      })
    }
    const reject = (): void => {
      outcome = 'refused'
    }
    const known: Record<string, unknown> =
      type === 'forwarded-tcpip' ? client._forwarding : client._forwardingUnix
    const name =
      type === 'forwarded-tcpip'
        ? `${String(data['destIP'])}:${String(data['destPort'])}`
        : data['socketPath']
    if (known[String(name)] === undefined) reject()
    else
      events.emit(
        type === 'forwarded-tcpip' ? 'tcp connection' : 'unix connection',
        data,
        accept,
        reject,
      )
  }
  const client = Object.assign(events, {
    _callbacks: [] as ((failed: unknown, data?: Buffer) => void)[],
    _forwarding: {},
    _forwardingUnix: {},
    _protocol: {
      _handlers: { CHANNEL_OPEN: open },
      _packetRW: {
        write: {
          allocStart: 0,
          alloc: (size: number) => Buffer.alloc(size),
          finalize: (packet: Buffer) => packet,
        },
      },
      _cipher: { encrypt: (packet: Buffer) => sent.push(packet) },
    },
  })
  return {
    client: client as unknown as EngineClient,
    sent,
    answer: (failed, data) => client._callbacks.shift()?.(failed, data),
    open(type, data) {
      outcome = 'open'
      client._protocol._handlers.CHANNEL_OPEN(undefined, {
        type,
        data: data as Record<string, unknown>,
      })
      return outcome
    },
  }
}
