/*
 * The server's side of an SMTP dialogue as a codec: bytes in, commands and messages out, and what to answer to
 * each. Knows no socket, no clock and no fault.
 */

import { DataDecoder, hasBareLineEnd } from './data-decoder.ts'
import { ChunkDecoder } from './chunk-decoder.ts'
import { beginLogin, decoded, type LoginStep } from './login-codec.ts'

/** How the server behaves. */
export interface SmtpSessionOptions {
  /** Passwords by user; with it the server offers AUTH. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** Bearer tokens by user; with it the server offers AUTH too. */
  readonly tokens?: Readonly<Record<string, string>> | undefined
  /** Whether MAIL needs a login. Default false. */
  readonly requireAuth?: boolean | undefined
  /** Whether MAIL and AUTH need TLS. Default false. */
  readonly requireTls?: boolean | undefined
  /** Whether AUTH is offered and taken without TLS. Default: where the server has no TLS. */
  readonly plaintextAuth?: boolean | undefined
  /**
   * The login mechanisms, of PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2, OAUTHBEARER and EXTERNAL. Default
   * PLAIN and LOGIN where there are users, XOAUTH2 and OAUTHBEARER where there are tokens.
   */
  readonly mechanisms?: readonly string[] | undefined
  /** The reply for recipients that are refused, by address. */
  readonly refuse?: Readonly<Record<string, string>> | undefined
  /** Whether it speaks LMTP (RFC 2033): LHLO, and a reply for each recipient behind a message. Default false. */
  readonly lmtp?: boolean | undefined
  /** The reply behind a message for recipients that are refused only then, by address; with LMTP alone. */
  readonly refuseLate?: Readonly<Record<string, string>> | undefined
  /** Further extensions, as EHLO shows them, such as `REQUIRETLS`, `MT-PRIORITY` or `DELIVERBY 240`. */
  readonly extensions?: readonly string[] | undefined
  /** Extensions that are not offered, such as `PIPELINING`. */
  readonly without?: readonly string[] | undefined
  /** The largest message in bytes. Default 64 MiB. */
  readonly maxSize?: number | undefined
  /** How many recipients a message may have. Default 1,000. */
  readonly maxRecipients?: number | undefined
  /** How the server introduces itself. Default `mail.test`. */
  readonly name?: string | undefined
}

/** Something the client has sent whole. */
export type ClientItem =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'message'; readonly raw: Buffer; readonly tooLong: boolean }
  | { readonly kind: 'chunk'; readonly size: number }
  | { readonly kind: 'overlong' }

/** What to do about it. */
export interface Reaction {
  readonly reply: string
  readonly then?: 'close' | 'tls' | 'deliver'
}

/** One dialogue. */
export class SmtpServerSession {
  readonly #options: SmtpSessionOptions
  readonly #offersTls: boolean
  #rest: Buffer = Buffer.alloc(0)
  #data: DataDecoder | undefined
  #chunks: ChunkDecoder | undefined
  // The chunk that is coming.
  #chunk: { readonly isLast: boolean } | undefined
  #login: LoginStep | undefined
  #greeted = false
  #secure: boolean
  #faults = 0
  user: string | undefined
  from: string | undefined
  to: string[] = []

  /** `tls`: whether STARTTLS is offered; `secure`: whether TLS is in force already. */
  constructor(
    options: SmtpSessionOptions,
    tls: { readonly offered: boolean; readonly secure: boolean },
  ) {
    this.#options = options
    this.#offersTls = tls.offered
    this.#secure = tls.secure
  }

  get secure(): boolean {
    return this.#secure
  }

  /** How many bytes have come that were not looked at yet. */
  get pending(): number {
    return this.#rest.length
  }

  greeting(): string {
    return `220 ${this.#name} ${this.#options.lmtp === true ? 'LMTP' : 'ESMTP'}`
  }

  push(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
  }

  /** The next item; undefined until more bytes come. */
  next(): ClientItem | undefined {
    if (this.#data !== undefined) return this.#message(this.#data)
    if (this.#chunk !== undefined) return this.#chunkOf(this.#chunk, this.#chunks)
    const end = this.#rest.indexOf('\n')
    const length = end < 0 ? this.#rest.length : end
    if (length > LONGEST_LINE) return { kind: 'overlong' }
    if (end < 0) return undefined
    const line = this.#rest.subarray(0, end).toString('utf8').replace(/\r$/, '')
    this.#rest = this.#rest.subarray(end + 1)
    return { kind: 'line', line }
  }

  /** The line without its secrets. */
  shown(line: string): string {
    if (this.#login !== undefined) return '[secret]'
    return line.replace(/^(AUTH +\S+) .*$/i, '$1 [secret]')
  }

  handle(item: ClientItem): Reaction {
    if (item.kind === 'overlong') return { reply: '500 5.5.2 Line too long', then: 'close' }
    if (item.kind === 'message') return this.#delivered(item)
    if (item.kind === 'chunk') return { reply: `250 2.0.0 ${item.size} bytes noted` }
    if (this.#login !== undefined) return this.#continueLogin(this.#login, item.line)
    const [verb, argument] = split(item.line)
    const handler = this.#handlers[verb.toUpperCase()]
    const reaction = handler?.(argument) ?? { reply: '500 5.5.2 Command not known' }
    return this.#counted(reaction)
  }

  /** TLS is in force: everything said before is forgotten (RFC 3207, section 4.2). */
  secured(): void {
    this.#secure = true
    this.#greeted = false
    this.user = undefined
    this.reset()
  }

  /** The transaction is over. */
  reset(): void {
    this.from = undefined
    this.to = []
    this.#chunks = undefined
  }

  get #name(): string {
    return this.#options.name ?? 'mail.test'
  }

  readonly #handlers: Readonly<Record<string, (argument: string) => Reaction>> = {
    EHLO: (name) => this.#ehlo(name, false),
    LHLO: (name) => this.#ehlo(name, true),
    HELO: (name) => this.#helo(name),
    STARTTLS: (argument) => this.#startTls(argument),
    AUTH: (argument) => this.#auth(argument),
    MAIL: (argument) => this.#mail(argument),
    RCPT: (argument) => this.#rcpt(argument),
    DATA: () => this.#begin(),
    BDAT: (argument) => this.#bdat(argument),
    RSET: () => {
      this.reset()
      return { reply: '250 2.0.0 Reset' }
    },
    NOOP: () => ({ reply: '250 2.0.0 Still here' }),
    VRFY: () => ({ reply: '252 2.1.5 Send and see' }),
    EXPN: () => ({ reply: '252 2.1.5 No lists here' }),
    HELP: () => ({ reply: '214 2.0.0 A server for tests' }),
    QUIT: () => ({ reply: '221 2.0.0 Goodbye', then: 'close' }),
  }

  #message(data: DataDecoder): ClientItem | undefined {
    const rest = data.push(this.#rest)
    this.#rest = rest ?? Buffer.alloc(0)
    if (rest === undefined) return undefined
    this.#data = undefined
    return { kind: 'message', raw: data.message(), tooLong: data.tooLong }
  }

  #delivered({ raw, tooLong }: ClientItem & { kind: 'message' }): Reaction {
    if (this.from === undefined || this.to.length === 0) {
      return this.#dropped('503 5.5.1 No valid recipients')
    }
    if (tooLong) return this.#dropped('552 5.3.4 Message too big')
    if (hasBareLineEnd(raw)) return this.#dropped('550 5.6.11 Bare line ends are refused')
    if (this.#options.lmtp === true) return this.#deliveredEach()
    return { reply: '250 2.0.0 Taken', then: 'deliver' }
  }

  /** One reply for each RCPT that was accepted (RFC 2033, section 4.2). */
  #deliveredEach(): Reaction {
    const { refuseLate = {} } = this.#options
    const replies = this.to.map((to) =>
      Object.hasOwn(refuseLate, to) ? refuseLate[to] : `250 2.0.0 Taken for ${to}`,
    )
    this.to = this.to.filter((to) => !Object.hasOwn(refuseLate, to))
    const reply = replies.join('\r\n')
    return this.to.length === 0 ? this.#dropped(reply) : { reply, then: 'deliver' }
  }

  #bdat(argument: string): Reaction {
    const [, size, last] = /^(\d{1,12})( +LAST)?$/i.exec(argument) ?? []
    if (size === undefined) return { reply: '501 5.5.4 Syntax: BDAT size LAST' }
    const isValid = this.from !== undefined && this.to.length > 0
    this.#chunks ??= new ChunkDecoder(isValid ? this.#maxSize : -1)
    this.#chunks.begin(Number(size))
    this.#chunk = { isLast: last !== undefined }
    // The reply comes behind the chunk.
    return { reply: '' }
  }

  #chunkOf(
    { isLast }: { readonly isLast: boolean },
    chunks: ChunkDecoder | undefined,
  ): ClientItem | undefined {
    const rest = chunks?.push(this.#rest)
    this.#rest = rest ?? Buffer.alloc(0)
    if (rest === undefined || chunks === undefined) return undefined
    this.#chunk = undefined
    const raw = chunks.message()
    if (!isLast) return { kind: 'chunk', size: raw.length }
    this.#chunks = undefined
    return { kind: 'message', raw, tooLong: chunks.tooLong }
  }

  #dropped(reply: string): Reaction {
    this.reset()
    return { reply }
  }

  #counted(reaction: Reaction): Reaction {
    if (!reaction.reply.startsWith('5')) return reaction
    this.#faults += 1
    return this.#faults > MOST_FAULTS
      ? { reply: '421 4.7.0 Too many errors', then: 'close' }
      : reaction
  }

  #ehlo(name: string, isLhlo: boolean): Reaction {
    if (isLhlo !== (this.#options.lmtp ?? false)) return { reply: '500 5.5.1 Command not known' }
    if (name === '') return { reply: '501 5.5.4 A name is missing' }
    this.#greeted = true
    this.reset()
    const lines = [this.#name, ...this.#extensions()]
    return {
      reply: lines
        .map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}`)
        .join('\r\n'),
    }
  }

  #helo(name: string): Reaction {
    if (name === '') return { reply: '501 5.5.4 A name is missing' }
    this.#greeted = true
    this.reset()
    return { reply: `250 ${this.#name}` }
  }

  #extensions(): string[] {
    const { without = [], extensions = [], users, tokens } = this.#options
    const all = [
      'PIPELINING',
      `SIZE ${this.#maxSize}`,
      '8BITMIME',
      'SMTPUTF8',
      'ENHANCEDSTATUSCODES',
      'CHUNKING',
      'DSN',
      ...extensions,
    ]
    if (this.#offersTls && !this.#secure) all.push('STARTTLS')
    if ((users ?? tokens) !== undefined && this.#mayLogIn)
      all.push(`AUTH ${this.#mechanisms.join(' ')}`)
    return all.filter((line) => !without.includes(line.split(' ')[0] ?? ''))
  }

  get #mechanisms(): readonly string[] {
    const { users, tokens, mechanisms } = this.#options
    const forTokens = tokens === undefined ? [] : ['XOAUTH2', 'OAUTHBEARER']
    return mechanisms ?? [...(users === undefined ? [] : MECHANISMS), ...forTokens]
  }

  get #maxSize(): number {
    return this.#options.maxSize ?? MAX_SIZE
  }

  get #mayLogIn(): boolean {
    return this.#secure || (this.#options.plaintextAuth ?? !this.#offersTls)
  }

  #startTls(argument: string): Reaction {
    if (!this.#offersTls || this.#secure) return { reply: '503 5.5.1 TLS is not to be had here' }
    if (argument !== '') return { reply: '501 5.5.4 STARTTLS takes no argument' }
    return { reply: '220 2.0.0 Go ahead', then: 'tls' }
  }

  #auth(argument: string): Reaction {
    const { users, tokens } = this.#options
    const isLate = this.user !== undefined || this.from !== undefined
    if ((users ?? tokens) === undefined || !this.#greeted || isLate) {
      return { reply: '503 5.5.1 No login here' }
    }
    if (!this.#mayLogIn) return { reply: '538 5.7.11 Encryption is needed for a login' }
    const [mechanism = '', initial] = argument.split(' ')
    const name = mechanism.toUpperCase()
    const step = this.#mechanisms.includes(name)
      ? beginLogin(name, { users: users ?? {}, tokens: tokens ?? {} })
      : undefined
    if (step === undefined) return { reply: '504 5.5.4 Mechanism not known' }
    return this.#continueLogin(step, initial)
  }

  #continueLogin(step: LoginStep, line: string | undefined): Reaction {
    this.#login = undefined
    if (line === '*') return { reply: '501 5.7.0 Login given up' }
    const answer = line === undefined ? undefined : decoded(line)
    const isMalformed = line !== undefined && answer === undefined
    const outcome = isMalformed ? 'malformed' : step(answer)
    if (outcome === 'malformed') return this.#counted({ reply: '501 5.5.2 That is not base64' })
    if (outcome === 'refused') return this.#counted({ reply: '535 5.7.8 Login refused' })
    if ('challenge' in outcome) {
      this.#login = step
      return { reply: `334 ${Buffer.from(outcome.challenge).toString('base64')}` }
    }
    this.user = outcome.user
    return { reply: '235 2.7.0 Welcome' }
  }

  #mail(argument: string): Reaction {
    const [, from, parameters = ''] = /^FROM: ?<([^>]*)>(.*)$/i.exec(argument) ?? []
    const refusal = this.#refusesMail()
    if (refusal !== undefined) return { reply: refusal }
    if (from === undefined) return { reply: '501 5.5.4 Syntax: MAIL FROM:<address>' }
    const size = Number(/ SIZE=(\d+)/i.exec(parameters)?.[1] ?? 0)
    if (size > this.#maxSize) return { reply: '552 5.3.4 Message too big' }
    this.from = from
    return { reply: '250 2.1.0 Sender noted' }
  }

  #refusesMail(): string | undefined {
    if (!this.#greeted) return '503 5.5.1 Say EHLO first'
    if (this.#options.requireTls === true && !this.#secure) return '530 5.7.0 STARTTLS first'
    if (this.#options.requireAuth === true && this.user === undefined)
      return '530 5.7.0 Log in first'
    return this.from === undefined ? undefined : '503 5.5.1 There is a sender already'
  }

  #rcpt(argument: string): Reaction {
    if (this.from === undefined) return { reply: '503 5.5.1 Say MAIL first' }
    const to = /^TO: ?<([^>]+)>.*$/i.exec(argument)?.[1]
    if (to === undefined) return { reply: '501 5.5.4 Syntax: RCPT TO:<address>' }
    if (this.to.length >= (this.#options.maxRecipients ?? MAX_RECIPIENTS)) {
      return { reply: '452 4.5.3 Too many recipients' }
    }
    const { refuse } = this.#options
    const refusal = refuse !== undefined && Object.hasOwn(refuse, to) ? refuse[to] : undefined
    if (refusal !== undefined) return { reply: refusal }
    this.to.push(to)
    return { reply: '250 2.1.5 Recipient noted' }
  }

  #begin(): Reaction {
    if (this.from === undefined) return { reply: '503 5.5.1 Say MAIL first' }
    if (this.to.length === 0) return { reply: '554 5.5.1 No valid recipients' }
    this.#data = new DataDecoder(this.#maxSize)
    return { reply: '354 Go on, end with a dot' }
  }
}

function split(line: string): readonly [string, string] {
  const space = line.indexOf(' ')
  return space < 0 ? [line.trim(), ''] : [line.slice(0, space), line.slice(space + 1).trim()]
}

const MECHANISMS = ['PLAIN', 'LOGIN'] as const
// RFC 5321 says 512; AUTH and addresses of other scripts need more.
const LONGEST_LINE = 4096
const MAX_SIZE = 64 * 1024 * 1024
const MAX_RECIPIENTS = 1000
const MOST_FAULTS = 20
