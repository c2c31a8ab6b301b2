/*
 * The connections of one queue to its Redis server: one for requests, and one to listen once somebody does. Both come back by
 * themselves; a request that was sent is never sent again.
 */

import type { Redis, RedisOptions } from 'ioredis'

import type { NetError } from '@net/core'
import { clock, netError, translate } from '@net/core/authoring'

import { nodeTls, type QueueTls } from './queue-tls.ts'
import { redisErrors } from './redis-errors.ts'
import { redisScript } from './redis-script.ts'

/** Where the server is, and how careful we are. */
export interface RedisPlace {
  readonly url: URL
  readonly prefix: string
  readonly allowEviction: boolean
  readonly tls?: QueueTls | undefined
}

/** What is heard of the queue. */
export interface RedisListener {
  work(): void
  event(text: string): void
  /** Messages may have been lost. */
  missed(): void
  /** The server is not set as it should be. */
  warn(message: string): void
}

/** What runs the script. */
type ScriptedRedis = Redis & { netQueue(...args: readonly (string | number)[]): Promise<unknown> }

/** The way to the server. */
export class RedisLink {
  readonly #place: RedisPlace
  readonly #listener: RedisListener
  /** What ends the requests under way when the connection is lost: the engine keeps them waiting. */
  readonly #lost = new Set<(error: NetError) => void>()
  #client: Promise<ScriptedRedis> | undefined
  #subscriber: Promise<Redis> | undefined
  #checked: Promise<void> | undefined
  #readiness: Promise<void> | undefined
  #isClosed = false
  #close: (() => void)[] = []

  constructor(place: RedisPlace, listener: RedisListener) {
    this.#place = place
    this.#listener = listener
  }

  /** Resolves when a request can leave at once. Rejects with `NET_BAD_CONFIG` for a server that throws keys away. */
  async ready(): Promise<void> {
    // The end of its connection was told already, and is not told again.
    if (this.#isClosed) throw closed()
    const client = await this.#connected()
    if (client.status !== 'ready') await this.#becoming(client)
    this.#checked ??= this.#check(client)
    await this.#checked
  }

  /** Runs one verb of the script. */
  async run(verb: string, args: readonly (string | number)[]): Promise<unknown> {
    await this.ready()
    const client = await this.#connected()
    const overdue = clock().after(LONGEST_REPLY, () => client.disconnect(true))
    const lost = Promise.withResolvers<never>()
    this.#lost.add(lost.reject)
    try {
      const reply = client.netQueue(this.#place.prefix, verb, ...args)
      return await Promise.race([reply, lost.promise])
    } catch (error) {
      if (MOVED.test(String(error))) client.disconnect(true)
      throw translate(error, redisErrors, {})
    } finally {
      this.#lost.delete(lost.reject)
      overdue.clear()
    }
  }

  /** Resolves when all that happens is heard. */
  async listen(): Promise<void> {
    const subscriber = (this.#subscriber ??= this.#subscribe())
    try {
      await subscriber
    } catch (error) {
      // Who listens next may have better luck.
      if (this.#subscriber === subscriber) this.#subscriber = undefined
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    for (const close of this.#close) close()
  }

  /** However many wait, they are one listener. */
  #becoming(client: Redis): Promise<void> {
    this.#readiness ??= readiness(client).finally(() => {
      this.#readiness = undefined
    })
    return this.#readiness
  }

  #connected(): Promise<ScriptedRedis> {
    this.#client ??= this.#connect()
    return this.#client
  }

  async #connect(): Promise<ScriptedRedis> {
    const { Redis } = await engine()
    const client = this.#open(Redis)
    client.on('close', () => {
      for (const reject of this.#lost) reject(lostError())
    })
    client.defineCommand('netQueue', { numberOfKeys: 1, lua: redisScript })
    return client as ScriptedRedis
  }

  #open(Client: typeof Redis): Redis {
    if (this.#isClosed) throw netError('NET_CLOSED', { message: 'the queue is closed' })
    const client = new Client(optionsOf(this.#place))
    // Failures to connect are those of the calls that wait.
    client.on('error', () => {})
    this.#close.push(() => client.disconnect())
    return client
  }

  async #subscribe(): Promise<Redis> {
    const { Redis } = await engine()
    const client = this.#open(Redis)
    const { prefix } = this.#place
    client.on('message', (channel: string, text: string) => {
      if (channel === `${prefix}work`) this.#listener.work()
      else this.#listener.event(text)
    })
    try {
      await readiness(client)
      await client.subscribe(`${prefix}work`, `${prefix}events`)
    } catch (error) {
      client.disconnect()
      throw error
    }
    client.on('ready', () => {
      client.subscribe(`${prefix}work`, `${prefix}events`).then(
        () => this.#listener.missed(),
        () => {},
      )
    })
    return client
  }

  async #check(client: Redis): Promise<void> {
    const policy = await settingOf(client, 'maxmemory-policy')
    const kept = await settingOf(client, 'appendonly')
    if (policy === undefined) {
      this.#listener.warn(
        'the Redis server does not say what it does when its memory is full; its maxmemory-policy must be noeviction',
      )
    }
    if (kept === 'no') {
      this.#listener.warn('the Redis server has appendonly no: its end loses all jobs')
    }
    const isSafe = policy === undefined || policy === 'noeviction' || this.#place.allowEviction
    if (isSafe) return
    this.#checked = undefined
    const message = `the Redis server may throw jobs away: its maxmemory-policy is ${policy}; set it to noeviction, or pass dangerouslyAllowEviction`
    throw netError('NET_BAD_CONFIG', { message })
  }
}

async function engine(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    const { Redis } = await import('ioredis')
    return { Redis }
  } catch (cause) {
    const message = 'a queue on Redis needs the package ioredis: npm install ioredis@6.0.0'
    throw netError('NET_RUNTIME_UNSUPPORTED', { message, cause })
  }
}

function readiness(client: Redis): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const ended = (): void => reject(closed())
  // Who is not who we wanted to reach will not be so at the next try.
  const failed = (error: unknown): void => {
    const told = translate(error, redisErrors, { phase: 'tls' })
    if (told.code.startsWith('NET_TLS_')) reject(told)
  }
  client.once('ready', resolve)
  client.once('end', ended)
  client.on('error', failed)
  return promise.finally(() => {
    client.off('ready', resolve)
    client.off('end', ended)
    client.off('error', failed)
  })
}

function lostError(): NetError {
  return netError('NET_CONN_CLOSED', { message: 'the connection to the Redis server was lost' })
}

function closed(): NetError {
  return netError('NET_CLOSED', { message: 'the queue is closed' })
}

/** Undefined where the server does not let us ask. */
async function settingOf(client: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = await client.config('GET', name)
    return value
  } catch {
    return undefined
  }
}

function optionsOf({ url, tls }: RedisPlace): Omit<RedisOptions, 'replyMapping'> {
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  const db = Number(url.pathname.slice(1) || '0')
  return {
    host,
    port: Number(url.port || '6379'),
    db,
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: nodeTls(host, tls) } : {}),
    // What is not sent yet is ours to send or not, and what was sent may have been done.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 7), 2000),
  }
}

const LONGEST_REPLY = 5000
const MOVED = /READONLY|LOADING|MASTERDOWN|UNBLOCKED/u
