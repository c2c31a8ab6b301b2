/*
 * Logging in once a session is open and protected: which mechanisms are tried, how their answers go over the wire
 * (RFC 4954), and what a refusal means.
 */

import { secret, type NetError, type Secret } from '@net/core'
import { netError, refuseControl, type CredentialSource, type Operation } from '@net/core/authoring'
import { logInWith, requireProtection, whatHappened } from '@net/socket/authoring'

import { channelBinding } from './auth/channel-binding.ts'
import {
  chooseMechanisms,
  defaultMechanisms,
  refusesMechanism,
  type AuthConditions,
} from './auth/choice.ts'
import type { AuthDialogue, AuthLogin, AuthMechanism } from './auth/mechanism.ts'
import { replyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { SmtpSession } from './session.ts'

/** Who logs in, and how. */
export interface LoginOptions {
  /** Empty where the mechanism knows by itself. */
  readonly user: string
  /** Absent for mechanisms that use nothing. */
  readonly secret?: CredentialSource | undefined
  readonly uses: AuthMechanism['uses']
  /** Default those for what is given, the strongest first. */
  readonly mechanisms: readonly AuthMechanism[] | undefined
  readonly allowPlaintext: boolean | undefined
}

/**
 * Logs in by the first mechanism that the server takes. Rejects with AuthErrors, and with `NET_TLS_UNAVAILABLE` before a
 * byte of a password is sent.
 */
export async function logIn(
  op: Operation,
  session: SmtpSession,
  options: LoginOptions,
): Promise<void> {
  const { uses, secret: source, user } = options
  const { info, duplex } = session.transport
  if (uses !== 'nothing') requireProtection(info, options.allowPlaintext)
  const binding = uses === 'password' ? channelBinding(duplex) : undefined
  const conditions = { uses, encrypted: info.encrypted, bindable: binding !== undefined }
  const mechanisms = [...mechanismsFor(options, session, conditions)]
  const { host, port } = info.endpoint
  const attempt = (password: string): Promise<void> =>
    tryEach(mechanisms, session, { user, secret: password, host, port, binding })
  if (source === undefined) return op.phase('auth', () => attempt(''))
  const asking = { password: source, alive: () => !session.ended, closed: session.closed }
  return logInWith(op, asking, (answer) => {
    refuseControl(uses, answer.reveal())
    session.hold([answer])
    return attempt(answer.reveal())
  })
}

function mechanismsFor(
  { mechanisms }: LoginOptions,
  { capabilities }: SmtpSession,
  conditions: AuthConditions,
): readonly AuthMechanism[] {
  return chooseMechanisms(mechanisms ?? defaultMechanisms(conditions), capabilities, conditions)
}

type Login = Omit<AuthLogin, 'bindingOffered'>

/** Tries one mechanism after the other; those that the server does not take are gone from the list afterwards. */
async function tryEach(
  mechanisms: AuthMechanism[],
  session: SmtpSession,
  login: Login,
): Promise<void> {
  const errors: NetError[] = []
  for (;;) {
    const [mechanism] = mechanisms
    if (mechanism === undefined) throw noneTaken(errors)
    const refusal = await new Attempt(session, mechanism, login).run()
    if (refusal === undefined) return
    if (!refusesMechanism(refusal.reply) || session.ended) throw refusal.error
    errors.push(refusal.error)
    mechanisms.shift()
  }
}

interface LoginRefusal {
  readonly reply: SmtpReply
  readonly error: NetError
}

/** One login by one mechanism. */
class Attempt {
  readonly #session: SmtpSession
  readonly #mechanism: AuthMechanism
  readonly #login: Login
  readonly #dialogue: AuthDialogue

  constructor(session: SmtpSession, mechanism: AuthMechanism, login: Login) {
    this.#session = session
    this.#mechanism = mechanism
    this.#login = login
    const bound = `${mechanism.name}-PLUS`
    const bindingOffered = session.capabilities.mechanisms.includes(bound)
    this.#dialogue = mechanism.begin({ ...login, bindingOffered })
  }

  /** Resolves to what refused; undefined once we are in. */
  async run(): Promise<LoginRefusal | undefined> {
    let reply = await this.#begin()
    for (let step = 0; reply.status === GO_ON; step++) {
      const answer =
        step < MOST_STEPS
          ? await this.#dialogue.answer(Buffer.from(reply.text, 'base64'))
          : undefined
      // An asterisk gives the login up (RFC 4954, section 4).
      if (answer === undefined) return this.#refused(await this.#session.ask('*'))
      reply = await this.#say('', answer)
    }
    if (reply.status >= 300) return this.#refused(reply)
    this.#dialogue.accepted?.()
    return undefined
  }

  async #begin(): Promise<SmtpReply> {
    const { name, initialResponse } = this.#mechanism
    const command = `AUTH ${name}`
    const first = await this.#dialogue.answer(undefined)
    if (first === undefined) return this.#session.ask(command)
    const fits = command.length + 1 + encoded(first).length <= LONGEST_COMMAND
    if (initialResponse ?? fits) return this.#say(`${command} `, first)
    const reply = await this.#session.ask(command)
    return reply.status === GO_ON ? this.#say('', first) : reply
  }

  #say(before: string, answer: string | Uint8Array): Promise<SmtpReply> {
    const text = encoded(answer)
    const { secret: word } = this.#login
    // What holds the secret is struck out where the server repeats it, in the form in which it went over the wire.
    if (word !== '' && Buffer.from(answer).includes(word)) this.#session.hold(forms(answer))
    // No answer at all is an equals sign where it would be overlooked.
    const written = before !== '' && text === '' ? '=' : text
    return this.#session.confide(`${before}${written}`, `${before}[secret]`)
  }

  #refused(reply: SmtpReply): LoginRefusal {
    const { name } = this.#mechanism
    const { user } = this.#login
    const told = this.#dialogue.explanation ?? ''
    const why = told === '' ? '' : ` (${told})`
    const policy = reply.enhanced === POLICY ? '; the policy of the account forbids it' : ''
    const note = `, to ${name}${user === '' ? '' : ` as ${user}`}${why}${policy}`
    return { reply, error: replyError(reply, { command: 'AUTH', note }) }
  }
}

function forms(answer: string | Uint8Array): readonly Secret[] {
  return [secret(typeof answer === 'string' ? answer : Buffer.from(answer).toString('utf8'))]
}

function encoded(answer: string | Uint8Array): string {
  return Buffer.from(answer as string).toString('base64')
}

function noneTaken(errors: readonly NetError[]): NetError {
  const last = errors.at(-1)
  if (last === undefined || errors.length === 1) return last as NetError
  const { reply } = last
  return netError('NET_AUTH_NO_METHOD', {
    message: `the server refused all ${errors.length} login mechanisms that both sides support; the last one: ${whatHappened(last)}`,
    errors,
    reply,
  })
}

// Microsoft's servers say so where the tenant has switched SMTP AUTH off.
const POLICY = '5.7.139'
const GO_ON = 334
const MOST_STEPS = 10
// RFC 5321, section 4.5.3.1.4: 512 octets with CR LF.
const LONGEST_COMMAND = 510
