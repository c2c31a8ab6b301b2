/*
 * Logins and transactions by nodemailer's SMTPConnection. It gets a road that is connected, greeted and protected
 * already, never connects by itself, and its own time limits are set where they never strike: ours hold. What it
 * throws late is caught here and ignored.
 */

import type { Readable } from 'node:stream'

import { toSocket, type Transport } from '@net/socket'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

import type { CheckedEnvelope } from '../envelope.ts'

/** What the engine does for us; one call at a time. */
export interface SmtpEngine {
  login(mechanism: string, user: string, password: string): Promise<void>
  /** Sends MAIL, RCPT, DATA and the content; settles with the server's last word. */
  send(envelope: EngineEnvelope, content: EngineContent): Promise<void>
}

/** The addresses of a message as they go over the wire. */
export type EngineEnvelope = Pick<CheckedEnvelope, 'from' | 'to'>

/** What is sent as a message. */
export interface EngineContent {
  readonly content: Buffer | Readable
  /** In bytes, where it is known. */
  readonly size?: number
  /** Whether it may have bytes above 127. */
  readonly eightBit: boolean
}

/** Makes an engine for a road. */
export type OpenEngine = (road: Transport) => Promise<SmtpEngine>

/** The engine, loaded at the first call. */
export async function loadEngine(): Promise<OpenEngine> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  return async (road) => {
    const engine = new NodemailerEngine(Connection, road)
    await engine.start()
    return engine
  }
}

class NodemailerEngine implements SmtpEngine {
  readonly #connection: SMTPConnection
  readonly #socket: ReturnType<typeof toSocket>
  #failed: ((error: Error) => void) | undefined

  constructor(Connection: typeof SMTPConnection, road: Transport) {
    this.#socket = toSocket(road)
    this.#connection = new Connection({
      connection: this.#socket,
      host: 'peer',
      name: 'us',
      // TLS is our work; the engine must neither begin it nor miss it.
      ignoreTLS: true,
      secure: road.info.encrypted,
      secured: road.info.encrypted,
      connectionTimeout: NEVER,
      greetingTimeout: NEVER,
      socketTimeout: NEVER,
      socketCloseTimeout: 0,
      logger: false,
    })
    this.#connection.on('error', (error) => this.#failed?.(error as Error))
    // 'end' comes before the call that caused it settles.
    this.#connection.on('end', () =>
      queueMicrotask(() => this.#failed?.(new Error('the engine has ended'))),
    )
  }

  /** Resolves once the engine believes that it is connected. */
  async start(): Promise<void> {
    await this.#call<void>((done) => this.#connection.connect((error) => done(error ?? null)))
    this.#socket.setTimeout(0)
  }

  login(mechanism: string, user: string, password: string): Promise<void> {
    const credentials = { user, pass: password }
    return this.#call<void>((done) =>
      this.#connection.login({ method: mechanism, credentials }, (error) => done(error)),
    )
  }

  send({ from, to }: EngineEnvelope, { content, size, eightBit }: EngineContent): Promise<void> {
    const envelope = {
      from: from === '' ? (false as const) : from,
      to: [...to],
      use8BitMime: eightBit,
      ...(size === undefined ? {} : { size }),
    }
    return this.#call<void>((done) =>
      this.#connection.send(envelope, content, (error) => done(error)),
    )
  }

  #call<T>(start: (done: (error: Error | null, result?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#failed = reject
      start((error, result) => {
        this.#failed = undefined
        if (error === null) resolve(result as T)
        else reject(error)
      })
    })
  }
}

// The longest that Node's timers know; above it they fire at once.
const NEVER = 2 ** 31 - 1
