/*
 * Where the server listens for us (RFC 4254, section 7.1, and OpenSSH's extension for Unix sockets), and whose each connection
 * is that it brings.
 */

import type { Duplex } from 'node:stream'

import { netError } from '@net/core/authoring'

import { fields, uint32 } from '../identity/wire.ts'
import { forwardFor } from './forward-match.ts'
import type { PendingWaits, Stoppable } from './pending-waits.ts'
import { hearForwarded, type ForwardedChannel } from './ssh2-forwarded.ts'
import { globalRequest } from './ssh2-internals.ts'
import { ChannelStream } from './ssh2-stream.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** Where to listen on the server: an address there, or the path of a Unix socket. */
export type ForwardPlace =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }

/** A connection to a place where the server listens for us. */
export interface ForwardedConnection {
  readonly stream: Duplex
  /** Where it comes from, as the server says; undefined for a Unix socket. */
  readonly from: { readonly host: string; readonly port: number } | undefined
}

/** A place where the server listens for us. */
export interface RemoteListening {
  /** The port that was granted; 0 for a Unix socket. */
  readonly port: number
  /** Stops it; connections stay. Resolves also where the server does not answer any more. */
  cancel(): Promise<void>
}

interface Forward {
  readonly host: string
  readonly port: number
  readonly path: string | undefined
  readonly come: (connection: ForwardedConnection) => void
}

/** The forwards of one connection. */
export class RemoteForwards {
  readonly #client: EngineClient
  readonly #waits: PendingWaits
  readonly #hold: (channel: EngineChannel, holder: { lost(error: Error): void }) => void
  readonly #forwards = new Set<Forward>()
  /** How many requests wait for their answer, and the channels that may be theirs. */
  #asked = 0
  #early: ForwardedChannel[] = []

  constructor(
    client: EngineClient,
    waits: PendingWaits,
    hold: (channel: EngineChannel, holder: { lost(error: Error): void }) => void,
  ) {
    this.#client = client
    this.#waits = waits
    this.#hold = hold
    hearForwarded(client, (channel) => this.#come(channel))
  }

  /** Has the server listen. Rejects with `NET_REPLY_TEMPORARY` where it does not. */
  async listen(
    place: ForwardPlace,
    come: (connection: ForwardedConnection) => void,
    op: Stoppable,
  ): Promise<RemoteListening> {
    this.#asked += 1
    try {
      const forward = await this.#ask(place, come, op)
      return {
        port: forward.port,
        cancel: () => {
          this.#forwards.delete(forward)
          return this.#cancel(forward)
        },
      }
    } finally {
      this.#asked -= 1
      const early = this.#early
      this.#early = []
      for (const channel of early) this.#come(channel)
    }
  }

  #ask(
    place: ForwardPlace,
    come: (connection: ForwardedConnection) => void,
    op: Stoppable,
  ): Promise<Forward> {
    return this.#waits.wait<Forward>((resolve, reject) => {
      const [name, data] = request('', place)
      globalRequest(this.#client, name, data, (answer) => {
        if (answer === undefined) {
          reject(refused(place))
          return
        }
        const forward = forwardOf(place, answer, come)
        this.#forwards.add(forward)
        if (resolve(forward)) return
        // The call has been given up.
        this.#forwards.delete(forward)
        void this.#cancel(forward)
      })
    }, op)
  }

  async #cancel({ host, port, path }: Forward): Promise<void> {
    const [name, data] = request('cancel-', path === undefined ? { host, port } : { path })
    const answered = this.#waits.wait<void>((resolve) => {
      globalRequest(this.#client, name, data, () => resolve())
    })
    // With the connection the forward is gone as well.
    await answered.catch(() => {})
  }

  #come(channel: ForwardedChannel): void {
    const forward = this.#forwardOf(channel)
    if (forward !== undefined) {
      const taken = channel.accept()
      const stream = new ChannelStream(taken)
      this.#hold(taken, stream)
      const { host, port } = channel.from ?? {}
      const from = host === undefined || port === undefined ? undefined : { host, port }
      forward.come({ stream, from })
    } else if (this.#asked > 0 && this.#early.length < MOST_EARLY) this.#early.push(channel)
    else channel.reject()
  }

  #forwardOf({ to }: ForwardedChannel): Forward | undefined {
    if ('path' in to) return [...this.#forwards].find(({ path }) => path === to.path)
    const onPorts = [...this.#forwards].filter(({ path }) => path === undefined)
    return forwardFor(onPorts, to.host, to.port)
  }
}

function request(kind: '' | 'cancel-', place: ForwardPlace): readonly [string, Buffer] {
  if ('path' in place) return [`${kind}streamlocal-forward@openssh.com`, fields(place.path)]
  const data = Buffer.concat([fields(place.host), uint32(place.port)])
  return [`${kind}tcpip-forward`, data]
}

function forwardOf(place: ForwardPlace, answer: Uint8Array, come: Forward['come']): Forward {
  if ('path' in place) return { host: '', port: 0, path: place.path, come }
  const granted = answer.length >= 4 ? Buffer.from(answer).readUInt32BE() : 0
  return { host: place.host, port: place.port === 0 ? granted : place.port, path: undefined, come }
}

function refused(place: ForwardPlace): Error {
  const where = 'path' in place ? place.path : `${place.host || '*'}:${place.port}`
  return netError('NET_REPLY_TEMPORARY', {
    retry: 'safe',
    message: `the server does not listen on ${where}: an earlier connection may hold it still, or forwarding is not allowed there`,
  })
}

// A server that brings more of them before its answer is not one that listens.
const MOST_EARLY = 100
