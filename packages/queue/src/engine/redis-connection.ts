/*
 * One connection to a Redis server, which comes back by itself. The engine keeps a command waiting whose connection was lost, goes on
 * in database 0 where the one that was asked for is not there, and tells of a refused password only by an event: here each of them
 * is an error.
 */

import type { Redis } from 'ioredis'

import type { NetError } from '@net/core'
import { clock, isError, netError, type Timer, translate } from '@net/core/authoring'

import { redisErrors } from './redis-errors.ts'

/** A connection, and who waits for it. */
export class RedisConnection<C extends Redis = Redis> {
  readonly client: C
  /** What ends the commands under way when the connection is lost. */
  readonly #lost = new Set<(error: NetError) => void>()
  #readiness: Promise<void> | undefined
  /** Armed until the server has greeted: one that takes connections may be silent. */
  #greeting: Timer | undefined

  constructor(client: C) {
    this.client = client
    client.on('error', (error) => {
      // Failures to connect are those of the calls that wait.
      if (commandOf(error) === 'select') client.disconnect(true)
    })
    client.on('connect', () => {
      this.#greeting = clock().after(LONGEST_GREETING, () => this.#leave())
    })
    client.on('ready', () => {
      this.#greeting?.clear()
      const { stream } = client
      stream.setTimeout(LONGEST_STANDSTILL, () => {
        // Nothing has left of what is being sent.
        if (stream.writableLength > 0) this.#leave()
      })
    })
    client.on('close', () => {
      this.#greeting?.clear()
      for (const reject of this.#lost) reject(lostError())
    })
  }

  /** Resolves when a command can leave at once. Rejects where the next try would fare no better. However many wait, they are one listener. */
  async ready(): Promise<void> {
    if (this.client.status === 'ready') return
    this.#readiness ??= readiness(this.client).finally(() => {
      this.#readiness = undefined
    })
    await this.#readiness
  }

  /**
   * What the server answers to a command. Rejects when the connection is lost before, and it is, when all was sent and nothing has
   * come for 5 s; what is large may take its time.
   */
  async answer<T>(ask: (client: C) => Promise<T>): Promise<T> {
    const { client } = this
    let overdue: Timer | undefined
    const watch = (): void => {
      const { stream } = client
      const read = stream.bytesRead
      overdue = clock().after(LONGEST_SILENCE, () => {
        if (stream.writableLength > 0 || stream.bytesRead !== read) watch()
        else this.#leave()
      })
    }
    watch()
    const lost = Promise.withResolvers<never>()
    this.#lost.add(lost.reject)
    try {
      return await Promise.race([ask(client), lost.promise])
    } catch (error) {
      if (MOVED.test(String(error))) client.disconnect(true)
      throw told(error)
    } finally {
      this.#lost.delete(lost.reject)
      overdue?.clear()
    }
  }

  /** Opens another connection in place of this one; the peer may not hear that this one ends. */
  #leave(): void {
    this.client.disconnect(true)
    this.client.stream.destroy()
  }
}

/** The error of a link that was closed. */
export function closed(): NetError {
  return netError('NET_CLOSED', { message: 'the queue is closed' })
}

function readiness(client: Redis): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const ended = (): void => reject(closed())
  // Who is not who we wanted to reach, and who refuses us, will do so at the next try.
  const failed = (error: unknown): void => {
    const isTls = translate(error, redisErrors, {}).code.startsWith('NET_TLS_')
    if (isTls) reject(translate(error, redisErrors, { phase: 'tls' }))
    else if (isFinal(error)) reject(told(error))
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

/** A password or a database that the server does not take. */
function isFinal(error: unknown): boolean {
  const { code } = told(error)
  return (
    code === 'NET_AUTH_REJECTED' ||
    (commandOf(error) === 'select' && code === 'NET_REPLY_PERMANENT')
  )
}

/** As an error of ours, without the command: it has the password, or the payloads of all jobs that went with it. */
function told(error: unknown): NetError {
  if (!isError(error) || commandOf(error) === undefined) {
    return translate(error, redisErrors, {})
  }
  const bare = new Error(error.message)
  bare.name = error.name
  Object.defineProperty(bare, 'name', { enumerable: false })
  return translate(bare, redisErrors, {})
}

/** The name of the command that the server refused with that error. */
function commandOf(error: unknown): unknown {
  const command: unknown = Reflect.get(Object(error) as object, 'command')
  return command === undefined ? undefined : Reflect.get(Object(command) as object, 'name')
}

function lostError(): NetError {
  return netError('NET_CONN_CLOSED', { message: 'the connection to the Redis server was lost' })
}

const LONGEST_SILENCE = 5000
const LONGEST_GREETING = 15_000
const LONGEST_STANDSTILL = 15_000
const MOVED = /READONLY|LOADING|MASTERDOWN|UNBLOCKED/u
