/*
 * Joins the parts: events into the history, the history into the page's server. One per call; what it starts ends with
 * `close`, and never keeps the program alive.
 */

import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'

import type { CloseOptions, NetEvent } from '@net/core'
import { clock, closeDoor, secretNames, type Taken } from '@net/core/authoring'

import { Attention } from './attention.ts'
import { attachDoor, type AttachOptions } from './attach-options.ts'
import { History } from './history/history.ts'
import { Pools } from './history/pools.ts'
import { labRoutes, labSummary } from './lab/lab-routes.ts'
import { Listening } from './listening.ts'
import { Processes } from './processes/processes.ts'
import { dataRoutes } from './web/data-routes.ts'
import { guardOf } from './web/guard.ts'
import { startListener, type Listener } from './web/listener.ts'
import type { AboutShown } from './web/shown.ts'
import { Streams } from './web/streams.ts'

/** A dashboard that is served; dispose it to end it. */
export interface Dashboard extends AsyncDisposable {
  /** The address to open, with the token behind the `#`. */
  readonly url: string
  readonly port: number
  /** Settles when it has been closed. */
  readonly closed: Promise<undefined>
  close(options?: CloseOptions): Promise<void>
}

/**
 * Listens to every operation of this process, and serves the page that shows them, on loopback. It does not keep the
 * process alive. Rejects with `NET_BAD_OPTION`, `NET_BIND_IN_USE`, `NET_BIND_DENIED`.
 */
export async function attach(options?: AttachOptions): Promise<Dashboard> {
  const taken = attachDoor(options)
  const history = new History({ operations: taken.operations ?? OPERATIONS, wire: WIRE })
  const pools = new Pools()
  const take = (event: NetEvent): void => {
    if (event.type === 'pool') pools.take(event)
    else history.take(event)
  }
  // Before the server stands: what the program does meanwhile is seen as well.
  const listening = new Listening(take, taken.lines === 'always')
  const attention = new Attention(history, listening, (lines) => streams.tell('lines', { lines }))
  const streams: Streams = new Streams(history, {
    streams: STREAMS,
    behind: BEHIND,
    onWatched: (isWatched) => attention.watch(isWatched),
    ...(taken.lines === 'always' ? {} : { onBeat: () => attention.beat() }),
    state: () => ({ lines: attention.isWhole }),
  })
  const token = randomBytes(24).toString('base64url')
  const host = taken.listen ?? '127.0.0.1'
  const about = aboutOf(taken)
  const isSecret = secretNames(taken.secretNames)
  const processes = new Processes({ title: about.title, pid: about.pid }, about.epoch, take)
  try {
    const server = await startListener({
      host,
      port: taken.port ?? 0,
      guard: guardOf({ token, allowHosts: taken.allowHosts ?? [] }),
      routes: [
        ...dataRoutes({ history, pools, streams, processes, about, isSecret }),
        ...labRoutes(taken.lab ?? {}, isSecret),
      ],
    })
    const url = `http://${nameOf(host)}:${server.port}/#${token}`
    return new Attached({ server, streams, listening }, url)
  } catch (error) {
    listening[Symbol.dispose]()
    throw error
  }
}

interface Parts {
  readonly server: Listener
  readonly streams: Streams
  readonly listening: Disposable
}

class Attached implements Dashboard {
  readonly url: string
  readonly port: number
  readonly closed: Promise<undefined>
  readonly #parts: Parts
  #ended: () => void = () => {}
  #closing: Promise<void> | undefined

  constructor(parts: Parts, url: string) {
    this.#parts = parts
    this.url = url
    this.port = parts.server.port
    this.closed = new Promise((resolve) => {
      this.#ended = () => resolve(undefined)
    })
  }

  async close(options?: CloseOptions): Promise<void> {
    closeOptions(options)
    this.#closing ??= this.#end()
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #end(): Promise<void> {
    const { server, streams, listening } = this.#parts
    streams[Symbol.dispose]()
    listening[Symbol.dispose]()
    await server.close()
    this.#ended()
  }
}

function aboutOf({ title, lab = {} }: Taken<AttachOptions>): AboutShown {
  const program = title ?? basename(process.argv[1] ?? 'node')
  // One difference for all keeps the lengths of time exact.
  const epoch = clock().date() - clock().now()
  const { pid, version: node } = process
  return { epoch, title: program, pid, node, lab: labSummary(lab) }
}

/** How a browser on this machine reaches an address that is listened on. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

const closeOptions = closeDoor({ call: 'close' })
const OPERATIONS = 10_000
/** Characters of wire lines. */
const WIRE = 16 * 1024 * 1024
const STREAMS = 16
const BEHIND = 1024 * 1024
