/*
 * A password in a login: by its own method, and where a server has none, as the answer to one question (RFC 4252, section
 * 8; RFC 4256). One that was refused is offered by no other method.
 */

import type { Secret } from '@net/core'
import { CredentialSource, harmless, netError } from '@net/core/authoring'

import { refuseLong } from '../command-line.ts'
import type { LoginAnswer } from '../engine/ssh2.ts'
import {
  answerOf,
  send,
  whileOpen,
  type LoginRun,
  type Offer,
  type PasswordHolder,
} from './offer.ts'
import { passwordRequest, type AuthReply } from './user-auth.ts'

/** A password; one that is asked for may be asked for again. */
export class PasswordOffer implements Offer {
  state: Offer['state'] = 'fresh'
  readonly #holder: PasswordHolder
  readonly #login: LoginRun
  #source: CredentialSource

  constructor(holder: PasswordHolder, login: LoginRun) {
    this.#holder = holder
    this.#login = login
    this.#source = this.#begin()
  }

  fits(methods: readonly string[]): string | undefined {
    return methods.includes('password') ? 'password' : undefined
  }

  async attempt(): Promise<LoginAnswer> {
    const { plan, tried } = this.#login
    const password = await this.ask()
    const message = passwordRequest(plan.user, password.reveal())
    const reply = await send(this.#login, 'password', message)
    tried.push('password')
    const answer =
      reply.kind === 'change' ? await this.#change(password, reply.text) : answerOf(reply)
    this.settle(password, answer)
    return answer
  }

  /** The password; asks for it if it was not asked for. */
  async ask(): Promise<Secret> {
    const { session } = this.#login
    const password =
      this.#source.known ?? (await whileOpen(this.#login, (signal) => this.#source.get({ signal })))
    refuseLong('the password', password.reveal(), session.longest)
    return password
  }

  /** What the server said to it, by whatever method it went. */
  settle(password: Secret, answer: LoginAnswer): void {
    if (answer.partial) {
      // The password of the next step is another one.
      this.state = typeof this.#holder.password === 'function' ? 'again' : 'spent'
      this.#source = this.#begin()
    } else {
      this.state = this.#source.rejected(password) ? this.state : 'refused'
    }
  }

  renew(): void {
    if (this.state === 'refused') this.state = 'again'
  }

  /** The password is right, and the server takes it only together with a new one (RFC 4252, section 8). */
  async #change(password: Secret, text: string): Promise<LoginAnswer> {
    const { session, plan } = this.#login
    const { newPassword } = this.#holder
    if (newPassword === undefined) throw expired('the password has expired', text)
    const subject = { what: 'password', endpoint: plan.endpoint, user: plan.user } as const
    const source = new CredentialSource(newPassword, subject, plan.client)
    const next = await whileOpen(this.#login, (signal) => source.get({ signal }))
    refuseLong('the new password', next.reveal(), session.longest)
    const message = passwordRequest(plan.user, password.reveal(), next.reveal())
    const reply: AuthReply = await send(this.#login, 'password', message)
    if (reply.kind === 'change') throw expired('the server refused the new password', reply.text)
    return answerOf(reply)
  }

  #begin(): CredentialSource {
    const { endpoint, user, client } = this.#login.plan
    return new CredentialSource(this.#holder.password, { what: 'password', endpoint, user }, client)
  }
}

function expired(what: string, text: string): Error {
  const said = harmless(text.trim().slice(0, SHOWN))
  return netError('NET_AUTH_EXPIRED', {
    phase: 'auth',
    message: `${what}; the server says: "${said}"`,
    reply: { text: said },
  })
}

const SHOWN = 500
