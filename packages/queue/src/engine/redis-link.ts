/*
 * The connections of one queue to its Redis server: one for requests, and one to listen once somebody does. Both come back by
 * themselves; a request that was sent is never sent again.
 */

import type { Redis, RedisOptions } from 'ioredis'

import { isNetError } from '@net/core'
import { netError, percentDecoded } from '@net/core/authoring'

import { nodeTls, type QueueTls } from './queue-tls.ts'
import { closed, RedisConnection } from './redis-connection.ts'
import { quieten } from './redis-handshake.ts'
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
  #requests: Promise<RedisConnection<ScriptedRedis>> | undefined
  #subscriber: Promise<void> | undefined
  #checked: Promise<void> | undefined
  #isClosed = false
  readonly #open = new Set<RedisConnection>()
  /** What was told of the server already. */
  readonly #warned = new Set<string>()

  constructor(place: RedisPlace, listener: RedisListener) {
    this.#place = place
    this.#listener = listener
  }

  /** Resolves when a request can leave at once. Rejects with `NET_BAD_CONFIG` for a server that throws keys away. */
  async ready(): Promise<void> {
    await this.#readied()
  }

  /** Runs one verb of the script. */
  async run(verb: string, args: readonly (string | number)[]): Promise<unknown> {
    const connection = await this.#readied()
    return connection.answer((client) => client.netQueue(this.#place.prefix, verb, ...args))
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
    for (const { client } of this.#open) client.disconnect()
  }

  async #readied(): Promise<RedisConnection<ScriptedRedis>> {
    // The end of its connection was told already, and is not told again.
    if (this.#isClosed) throw closed()
    this.#requests ??= this.#connect()
    const connection = await this.#requests
    if (connection.client.status !== 'ready') await connection.ready()
    const check = (this.#checked ??= this.#check(connection))
    try {
      await check
    } catch (error) {
      // The next one asks again.
      if (this.#checked === check) this.#checked = undefined
      throw error
    }
    return connection
  }

  async #connect(): Promise<RedisConnection<ScriptedRedis>> {
    const connection = await this.#opened()
    connection.client.defineCommand('netQueue', { numberOfKeys: 1, lua: redisScript })
    return connection as RedisConnection<ScriptedRedis>
  }

  async #opened(): Promise<RedisConnection> {
    const { Redis } = await engine()
    if (this.#isClosed) throw closed()
    const client = new Redis(optionsOf(this.#place))
    quieten(client, (message) => this.#warn(message))
    const connection = new RedisConnection(client)
    this.#open.add(connection)
    return connection
  }

  async #subscribe(): Promise<void> {
    const connection = await this.#opened()
    const { client } = connection
    const { prefix } = this.#place
    client.on('message', (channel: string, text: string) => {
      if (channel === `${prefix}work`) this.#listener.work()
      else this.#listener.event(text)
    })
    const subscribed = (): Promise<unknown> =>
      connection.answer(() => client.subscribe(`${prefix}work`, `${prefix}events`))
    try {
      await connection.ready()
      await subscribed()
    } catch (error) {
      this.#open.delete(connection)
      client.disconnect()
      throw error
    }
    client.on('ready', () => {
      subscribed().then(
        () => this.#listener.missed(),
        () => {},
      )
    })
  }

  /** Each once, however often it connects. */
  #warn(message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#listener.warn(message)
  }

  async #check(connection: RedisConnection): Promise<void> {
    const policy = await settingOf(connection, 'maxmemory-policy')
    const kept = await settingOf(connection, 'appendonly')
    if (policy === undefined) {
      this.#warn(
        'the Redis server does not say what it does when its memory is full; its maxmemory-policy must be noeviction',
      )
    }
    if (kept === 'no') {
      this.#warn('the Redis server has appendonly no: its end loses all jobs')
    }
    const isSafe = policy === undefined || policy === 'noeviction' || this.#place.allowEviction
    if (isSafe) return
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

/** Undefined where the server does not let us ask. Rejects when the connection was lost: then it may be asked again. */
async function settingOf(connection: RedisConnection, name: string): Promise<string | undefined> {
  try {
    const [, value] = await connection.answer((client) => client.config('GET', name))
    return value
  } catch (error) {
    if (isNetError(error) && AGAIN.has(error.code)) throw error
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
    ...(url.username === '' ? {} : { username: percentDecoded(url.username) }),
    ...(url.password === '' ? {} : { password: percentDecoded(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: nodeTls(host, tls) } : {}),
    // What is not sent yet is ours to send or not, and what was sent may have been done.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 7), 2000),
  }
}

const AGAIN: ReadonlySet<string> = new Set(['NET_CONN_CLOSED', 'NET_REPLY_TEMPORARY'])
