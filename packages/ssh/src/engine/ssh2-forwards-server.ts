/*
 * Tunnels as the server half hears of them, in our own words: those that a client opens, and places where the server is to
 * listen for it (RFC 4254, section 7, and OpenSSH's extensions for Unix sockets).
 */

import type { Duplex } from 'node:stream'

import type { EngineChannel, EngineIncoming } from './ssh2-types.ts'

/** An address as a client writes it: a host and a port, or the path of a Unix socket. */
export type ServedPlace =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }

/** A tunnel is to be opened. */
export interface TunnelRequest {
  readonly place: ServedPlace
  reject(): void
  /** Undefined if the client has gone meanwhile. */
  accept(): Duplex | undefined
}

/** The server is to listen, or to stop listening. */
export interface ListenRequest {
  readonly place: ServedPlace
  readonly isCancel: boolean
  reject(): void
  /** The port that was chosen, where the client left the choice. */
  accept(port?: number): void
}

/** What a server does about tunnels. */
export interface ForwardDesk {
  tunnel(request: TunnelRequest): Promise<void>
  listening(request: ListenRequest): Promise<void>
}

/** Hears of the tunnels of one client. */
export class ServedForwards {
  readonly #client: EngineIncoming
  readonly #desk: ForwardDesk
  readonly #taken: (channel: EngineChannel) => Duplex
  #left = false

  /** `taken` gets each channel that is opened. */
  constructor(
    client: EngineIncoming,
    desk: ForwardDesk,
    taken: (channel: EngineChannel) => Duplex,
  ) {
    this.#client = client
    this.#desk = desk
    this.#taken = taken
  }

  listen(): void {
    const client = this.#client
    client.on('close', () => {
      this.#left = true
    })
    client.on(
      'tcpip',
      (accept: Accept, reject: () => void, to: { destIP: string; destPort: number }) =>
        this.#tunnel({ host: to.destIP, port: to.destPort }, accept, reject),
    )
    client.on(
      'openssh.streamlocal',
      (accept: Accept, reject: () => void, { socketPath: path }: { socketPath: string }) =>
        this.#tunnel({ path }, accept, reject),
    )
    client.on(
      'request',
      (
        accept: ((port?: number) => void) | undefined,
        reject: (() => void) | undefined,
        name: string,
        data: RequestData,
      ) => {
        void this.#desk.listening({
          place:
            data.socketPath === undefined
              ? { host: data.bindAddr ?? '', port: data.bindPort ?? 0 }
              : { path: data.socketPath },
          isCancel: name.startsWith('cancel-'),
          reject: () => reject?.(),
          accept: (port) => accept?.(port),
        })
      },
    )
  }

  /** Opens a tunnel to the client, for a connection to this place; undefined if the client refuses. */
  open(place: ServedPlace, from: { host: string; port: number }): Promise<Duplex | undefined> {
    const client = this.#client
    return new Promise((resolve) => {
      const done = (error: Error | undefined, channel?: EngineChannel): void =>
        resolve(error === undefined && channel !== undefined ? this.#taken(channel) : undefined)
      if (this.#left) resolve(undefined)
      else if ('path' in place) client.openssh_forwardOutStreamLocal(place.path, done)
      else client.forwardOut(place.host, place.port, from.host, from.port, done)
    })
  }

  #tunnel(place: ServedPlace, accept: Accept, reject: () => void): void {
    void this.#desk.tunnel({
      place,
      reject,
      accept: () => (this.#left ? undefined : this.#taken(accept())),
    })
  }
}

type Accept = () => EngineChannel

interface RequestData {
  readonly bindAddr?: string
  readonly bindPort?: number
  readonly socketPath?: string
}
