// A POP3 client (RFC 1939, 2449, 2595): only what POP3 itself says is here. Connecting, TLS, limits, abort, loss, closing,
// redaction and events are those of every protocol, from @net/socket/authoring.
import type { CallOptions, NetError, NetErrorCode } from '@net/core'
import {
  argument,
  defineErrorTable,
  inCall,
  netError,
  option,
  optionsDoor,
} from '@net/core/authoring'
import {
  askDotted,
  logInOver,
  openCommands,
  passwordLogin,
  planOpening,
  sessionConnectTable,
  TextLines,
  type CommandClient,
  type SessionConnectOptions,
  type StartRules,
  type Verb,
} from '@net/socket/authoring'

/** A mail in the mailbox; its number holds as long as the connection. */
export interface Mail {
  readonly number: number
  readonly size: number
}

/** Connects to `pop3://user@host:110` or `pop3s://…:995`, and logs in if there is a user. Kind of call: session. */
export async function connect(url: string | URL, options?: SessionConnectOptions) {
  const taken = connectOptions(options)
  const { plan, login } = inCall({ protocol: 'pop3', call: 'connect' }, () => {
    const plan = planOpening(url, taken, URLS)
    return { plan, login: passwordLogin(plan, taken) }
  })
  const client = await openCommands(plan, taken, {
    ...RULES,
    enter: (op, commands) =>
      logInOver(op, commands, login, async (user, password) => {
        good(await commands.ask(`USER ${user}`), 'NET_AUTH_REJECTED')
        good(await commands.ask(`PASS ${password}`), 'NET_AUTH_REJECTED')
      }),
  })
  return new Pop3Client(client)
}

/** A mailbox that is open. Calls made at the same time queue. */
export class Pop3Client implements AsyncDisposable {
  /** Settles once the connection has ended, with what took it, or undefined after `close`. */
  readonly closed: Promise<NetError | undefined>
  readonly #client: CommandClient<string>

  constructor(client: CommandClient<string>) {
    this.#client = client
    this.closed = client.closed
  }

  /** The mails that are there. Kind of call: exchange. */
  async list(options?: CallOptions): Promise<Mail[]> {
    return (await this.#lines({ operation: 'list', kind: 'exchange' }, 'LIST', options)).map(mailOf)
  }

  /** A whole mail, byte for byte. Kind of call: transfer. */
  async retrieve(number: number, options?: CallOptions): Promise<Uint8Array> {
    const verb = numbered('retrieve', 'transfer', number)
    const text = await this.#lines(verb, `RETR ${number}`, options)
    return Buffer.from(text.map((line) => `${line}\r\n`).join(''), 'latin1')
  }

  /** Marks a mail, which the server removes when `close` says goodbye. Kind of call: command. */
  async delete(number: number, options?: CallOptions): Promise<void> {
    const verb = numbered('delete', 'command', number)
    await this.#client.call(verb, options, async (commands) =>
      good(await commands.ask(`DELE ${number}`)),
    )
  }

  /** Says goodbye (QUIT); what is not done within `grace` milliseconds, 2,000 by default, is cut off. */
  close({ grace }: { readonly grace?: number } = {}): Promise<void> {
    return this.#client.close(grace, 'QUIT')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The lines behind +OK. */
  #lines(verb: Verb, command: string, options?: CallOptions): Promise<readonly string[]> {
    const repeated = { ...verb, idempotent: true }
    return this.#client.call(repeated, options, async (commands) => {
      const { first, lines } = await askDotted(commands, command, { follows: isOk })
      good(first)
      return lines
    })
  }
}

function numbered(operation: string, kind: Verb['kind'], number: number): Verb {
  inCall({ protocol: 'pop3', call: operation }, () => argument('number', NUMBER, number))
  return { operation, kind, target: String(number) }
}

function isOk(reply: string): boolean {
  return reply.startsWith('+OK')
}

function good(reply: string, code: NetErrorCode = 'NET_REPLY_PERMANENT'): void {
  if (isOk(reply)) return
  throw netError(code, { message: `the server answered ${reply}`, reply: { text: reply } })
}

function mailOf(line: string): Mail {
  const [number = NaN, size = NaN] = line.split(' ').map(Number)
  checked(line, Number.isInteger(number + size))
  return { number, size }
}

function checked(line: string, isRight: boolean): void {
  if (isRight) return
  throw netError('NET_PROTO_MALFORMED', { message: `this is no POP3: ${line.slice(0, 80)}` })
}

const URLS = {
  protocol: 'pop3',
  errors: defineErrorTable([]),
  schemes: ['pop3', 'pop3s'],
  defaultPort: { pop3: 110, pop3s: 995 },
} as const
const RULES: StartRules<string> = {
  replies: () => new TextLines({ begins: '+-' }),
  place: { ...URLS, what: 'the connection' },
  show: (line) => line,
  check: (line) => checked(line, /^(?:\+OK|-ERR)(?: |$)/u.test(line)),
  greeted: (line) => good(line, 'NET_CONN_SHUTDOWN'),
  startTls: {
    command: 'STLS',
    offered: async (commands) =>
      (await askDotted(commands, 'CAPA', { follows: isOk })).lines.includes('STLS'),
    goesOn: isOk,
  },
}
const NUMBER = option.between(1, 2 ** 31 - 1)
const connectOptions = optionsDoor({ protocol: 'pop3', call: 'connect' }, sessionConnectTable)
