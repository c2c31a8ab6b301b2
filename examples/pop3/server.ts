// A POP3 server for tests: loopback only, mails in memory, and faults on demand.
import { causeFault, FaultRules, type FaultRule, type FaultWord } from '@net/socket/testing'
import { listen, type Connection, type TlsOptions } from '@net/socket'

/** What the server has, and how it protects it. */
export interface Pop3ServerOptions {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>
  /** The mails of the one mailbox, with CRLF at the end of each line. */
  readonly mails?: readonly string[]
  /** Certificate and key; with them the server offers STLS. */
  readonly tls?: TlsOptions
  /** TLS from the first byte instead of STLS. Default false. */
  readonly implicit?: boolean
}

/** A running server. */
export interface Pop3Server extends AsyncDisposable {
  readonly url: string
  /** The mails that are still there. */
  readonly mails: readonly string[]
  /** Every line that clients have sent, passwords included. */
  readonly received: readonly string[]
  /** Arms a fault: `on` is the beginning of a line, or `greeting`. */
  fail(fault: FaultRule<FaultWord>): void
}

/** Starts a server on 127.0.0.1, on a port of its own. */
export async function startPop3Server(options: Pop3ServerOptions): Promise<Pop3Server> {
  const { tls, implicit = false } = options
  const mailbox = { mails: [...(options.mails ?? [])], received: [] as string[] }
  const faults = new FaultRules<FaultRule<FaultWord>>({ protocol: 'pop3', actions: [] })
  const server = await listen(
    `${implicit ? 'tls' : 'tcp'}://127.0.0.1:0`,
    (connection) => new Dialogue(connection, options, { mailbox, faults }).run(),
    { ...(tls === undefined ? {} : { tls }), onError: () => {} },
  )
  return {
    url: `${implicit ? 'pop3s' : 'pop3'}://127.0.0.1:${server.address.port}`,
    ...mailbox,
    get mails() {
      return mailbox.mails
    },
    fail: (fault) => faults.add(fault),
    async [Symbol.asyncDispose]() {
      faults.end()
      await server.close({ grace: 0 })
    },
  }
}

interface Shared {
  readonly mailbox: { mails: string[]; readonly received: string[] }
  readonly faults: FaultRules<FaultRule<FaultWord>>
}

class Dialogue {
  readonly #connection: Connection
  readonly #options: Pop3ServerOptions
  readonly #shared: Shared
  readonly #deleted = new Set<number>()
  #user = ''
  #isIn = false

  constructor(connection: Connection, options: Pop3ServerOptions, shared: Shared) {
    this.#connection = connection
    this.#options = options
    this.#shared = shared
  }

  async run(): Promise<void> {
    if (await this.#answers('greeting')) await this.#say('+OK ready')
    for (;;) {
      const line = await this.#connection.readLine()
      if (line === null) return
      this.#shared.mailbox.received.push(line)
      if (!(await this.#answers(line))) continue
      const [verb = '', argument = ''] = line.split(' ')
      await this.#answer(verb.toUpperCase(), argument)
      if (verb.toUpperCase() === 'QUIT') return
    }
  }

  async #answer(verb: string, argument: string): Promise<void> {
    const answer = this.#isIn ? this.#inMailbox(verb, Number(argument)) : undefined
    await this.#say(answer ?? this.#beforeLogin(verb, argument))
    if (verb === 'STLS') await this.#connection.startTls()
    if (verb === 'QUIT' && this.#isIn) this.#remove()
  }

  #beforeLogin(verb: string, argument: string): string {
    if (verb === 'QUIT') return '+OK bye'
    if (verb === 'CAPA') return ['+OK', 'USER', ...(this.#offersTls ? ['STLS'] : []), '.'].join(END)
    if (verb === 'STLS') return '+OK begin TLS'
    if (verb === 'USER') this.#user = argument
    if (verb === 'USER') return '+OK'
    this.#isIn = verb === 'PASS' && this.#options.users[this.#user] === argument
    return this.#isIn ? '+OK logged in' : '-ERR no'
  }

  #inMailbox(verb: string, number: number): string | undefined {
    const mail = this.#deleted.has(number) ? undefined : this.#shared.mailbox.mails[number - 1]
    if (verb === 'LIST') return ['+OK', ...this.#listed(), '.'].join(END)
    if (verb === 'QUIT') return undefined
    if (mail === undefined) return '-ERR no such mail'
    if (verb === 'RETR') return `+OK${END}${mail.replaceAll(/^\./gmu, '..')}.`
    this.#deleted.add(number)
    return '+OK deleted'
  }

  #listed(): string[] {
    return this.#shared.mailbox.mails
      .map((mail, index) => `${index + 1} ${Buffer.byteLength(mail)}`)
      .filter((_, index) => !this.#deleted.has(index + 1))
  }

  #remove(): void {
    const { mailbox } = this.#shared
    mailbox.mails = mailbox.mails.filter((_, index) => !this.#deleted.has(index + 1))
  }

  get #offersTls(): boolean {
    return this.#options.tls !== undefined && !this.#connection.info.encrypted
  }

  async #say(text: string): Promise<void> {
    await this.#connection.write(text + END)
  }

  /** Whether there is an answer to the line, or a fault takes its place. */
  #answers(line: string): Promise<boolean> {
    return causeFault(this.#connection, this.#shared.faults.at(line)?.do)
  }
}

const END = '\r\n'
