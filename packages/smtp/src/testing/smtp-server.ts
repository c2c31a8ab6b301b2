/*
 * An SMTP server for tests: on loopback only, with a mailbox in memory, and with faults on demand. Reads and writes;
 * the session decides what to say.
 */

import { option, optionsDoor, type OptionsDoor } from '@net/core/authoring'
import {
  listen,
  roadOption,
  type CloseOptions,
  type Connection,
  type ConnectionServer,
  type TlsOptions,
} from '@net/socket'
import { causeFault } from '@net/socket/testing'

import { parseMessage, type ParsedMessage } from '../incoming/parse-message.ts'
import { SmtpFaults, type SmtpFault } from './faults.ts'
import { headAndText } from './head-and-text.ts'
import { Mailbox } from './mailbox.ts'
import {
  SmtpServerSession,
  type ClientItem,
  type Reaction,
  type SmtpSessionOptions,
} from './smtp-session.ts'

/** Options of the server. */
export interface SmtpServerOptions extends SmtpSessionOptions {
  /** Certificate and key; with them the server offers STARTTLS. */
  readonly tls?: TlsOptions | undefined
  /** TLS from the first byte instead of STARTTLS. Default false. */
  readonly implicit?: boolean | undefined
}

/** A running server. */
export interface SmtpServer extends AsyncDisposable {
  /** Where it listens, as `connect` takes it. */
  readonly url: string
  readonly port: number
  readonly mailbox: Mailbox
  /** Every line that clients have sent, without what follows AUTH; the end of a message is `.`. */
  readonly received: readonly string[]
  /** How many connections are open. */
  readonly connections: number
  /** Arms a fault. */
  fail(fault: SmtpFault): void
  close(options?: CloseOptions): Promise<void>
}

const serverOptions: OptionsDoor<SmtpServerOptions> = optionsDoor<SmtpServerOptions>(
  { protocol: 'smtp', call: 'startSmtpServer' },
  {
    users: option.record(option.text),
    tokens: option.record(option.text),
    requireAuth: option.flag,
    requireTls: option.flag,
    plaintextAuth: option.flag,
    mechanisms: option.list(option.text),
    refuse: option.record(option.text),
    lmtp: option.flag,
    refuseLate: option.record(option.text),
    extensions: option.list(option.text),
    without: option.list(option.text),
    maxSize: option.bytes,
    maxRecipients: option.size,
    name: option.text,
    tls: roadOption.tls,
    implicit: option.flag,
  },
)

/** Starts a server on 127.0.0.1, on a port of its own. Throws `NET_BAD_OPTION`. */
export async function startSmtpServer(given?: SmtpServerOptions): Promise<SmtpServer> {
  const options = serverOptions(given)
  const mailbox = new Mailbox()
  const received: string[] = []
  const faults = new SmtpFaults()
  const { tls, implicit = false } = options
  const serve = async (connection: Connection): Promise<void> => {
    const session = new SmtpServerSession(options, {
      offered: tls !== undefined && !implicit,
      secure: implicit,
    })
    await new Dialogue({ connection, session, faults, received, mailbox }).run()
  }
  const server = await listen(`${implicit ? 'tls' : 'tcp'}://127.0.0.1:0`, serve, {
    ...(tls === undefined ? {} : { tls }),
    onError: () => {},
    defaults: { timeout: { idle: Infinity, tls: Infinity } },
  })
  const scheme = options.lmtp === true ? 'lmtp' : implicit ? 'smtps' : 'smtp'
  return running(server, { scheme, mailbox, received, faults })
}

interface Parts {
  readonly scheme: string
  readonly mailbox: Mailbox
  readonly received: readonly string[]
  readonly faults: SmtpFaults
}

function running(
  server: ConnectionServer,
  { scheme, mailbox, received, faults }: Parts,
): SmtpServer {
  const { port } = server.address
  const close = (options?: CloseOptions): Promise<void> => {
    faults.end()
    return server.close({ grace: 0, ...options })
  }
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    mailbox,
    received,
    get connections() {
      return server.connections.size
    },
    fail: (fault) => faults.add(fault),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

interface DialogueParts {
  readonly connection: Connection
  readonly session: SmtpServerSession
  readonly faults: SmtpFaults
  readonly received: string[]
  readonly mailbox: Mailbox
}

class Dialogue {
  readonly #parts: DialogueParts
  #out = ''
  #bytes = 0
  #over = false

  constructor(parts: DialogueParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { connection, session } = this.#parts
    if (!(await this.#suffer('greeting'))) this.#say(session.greeting())
    await this.#flush()
    while (!this.#over) {
      const chunk = await connection.read()
      if (chunk === null) return
      this.#bytes += chunk.length
      session.push(chunk)
      await this.#strike(this.#parts.faults.after(this.#bytes))
      await this.#work()
      await this.#flush()
    }
  }

  async #work(): Promise<void> {
    const { session, received } = this.#parts
    while (!this.#over) {
      const item = session.next()
      if (item === undefined) return
      if (item.kind === 'chunk') {
        await this.#react(item, session.handle(item))
        continue
      }
      const line = item.kind === 'line' ? item.line : '.'
      received.push(session.shown(line))
      if (await this.#suffer(line)) {
        if (item.kind === 'message') session.reset()
        continue
      }
      await this.#react(item, session.handle(item))
    }
  }

  async #react(item: ClientItem, { reply, then }: Reaction): Promise<void> {
    const { session } = this.#parts
    if (then === 'deliver' && item.kind === 'message') this.#deliver(item.raw)
    this.#say(reply)
    if (then === 'tls') await this.#upgrade()
    if (then !== 'close') return
    await this.#flush()
    this.#over = true
    session.reset()
  }

  #deliver(raw: Buffer): void {
    const { session, mailbox } = this.#parts
    const { from = '', to, user, secure } = session
    let parsed: ParsedMessage | undefined
    mailbox.add({
      envelope: { from, to: [...to] },
      raw,
      secure,
      ...headAndText(raw),
      get parsed() {
        return (parsed ??= parseMessage(raw))
      },
      ...(user === undefined ? {} : { user }),
    })
    session.reset()
  }

  async #upgrade(): Promise<void> {
    const { connection, session } = this.#parts
    if (session.pending > 0) {
      // Commands sent along with STARTTLS would be taken for protected ones (RFC 3207, section 4.2).
      this.#out = ''
      this.#say('554 5.5.1 Nothing may follow STARTTLS')
      this.#over = true
      return this.#flush()
    }
    await this.#flush()
    if (await this.#suffer('tls')) return undefined
    await connection.startTls()
    session.secured()
    return undefined
  }

  /** Whether a fault took the place of what should have happened. */
  async #suffer(line: string): Promise<boolean> {
    const fault = this.#parts.faults.at(line)
    if (fault === undefined) return false
    await this.#strike(fault)
    return typeof fault !== 'object' || !('delay' in fault)
  }

  async #strike(fault: SmtpFault['do'] | undefined): Promise<void> {
    if (fault === undefined) return
    await this.#flush()
    const { connection } = this.#parts
    if (typeof fault === 'object' && 'reply' in fault) return this.#say(fault.reply)
    await causeFault(connection, fault)
    this.#over = fault === 'drop' || fault === 'reset' || fault === 'stall'
  }

  #say(reply: string): void {
    if (reply === '') return
    this.#out += reply.endsWith('\n') ? reply : `${reply}\r\n`
  }

  async #flush(): Promise<void> {
    const out = this.#out
    this.#out = ''
    if (out !== '') await this.#parts.connection.write(out)
  }
}
