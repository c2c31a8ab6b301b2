/*
 * Questions of the server's (RFC 4256): the password answers one of them, if it is the one for it; all others are for the
 * caller's function.
 */

import type { Secret } from '@net/core'
import { callerFault, claimSecrets, harmless, netError } from '@net/core/authoring'
import { secret } from '@net/core'

import type { LoginAnswer } from '../engine/ssh2.ts'
import type { InteractiveAuth } from '../identity/interactive.ts'
import { answerOf, send, whileOpen, type LoginRun, type Offer } from './offer.ts'
import type { PasswordOffer } from './password-offer.ts'
import {
  interactiveAnswer,
  interactiveRequest,
  type AuthReply,
  type Question,
} from './user-auth.ts'

type Questions = Extract<AuthReply, { kind: 'questions' }>

/** Answers to the questions of a server. */
export class InteractiveOffer implements Offer {
  state: Offer['state'] = 'fresh'
  readonly #auth: InteractiveAuth | undefined
  readonly #password: PasswordOffer | undefined
  readonly #login: LoginRun
  #used: Secret | undefined
  #round = 0
  #refusals = 0

  constructor(
    auth: InteractiveAuth | undefined,
    password: PasswordOffer | undefined,
    login: LoginRun,
  ) {
    this.#auth = auth
    this.#password = password
    this.#login = login
  }

  fits(methods: readonly string[]): string | undefined {
    if (!methods.includes(METHOD)) return undefined
    if (this.#auth !== undefined) return METHOD
    // The method of passwords asks for nothing else, and a refused one is not sent again.
    const isLeft = this.#password !== undefined && OPEN.has(this.#password.state)
    return isLeft && !methods.includes('password') ? METHOD : undefined
  }

  async attempt(): Promise<LoginAnswer | undefined> {
    const { plan, tried } = this.#login
    this.#used = undefined
    this.#round = 0
    let reply = await send(this.#login, METHOD, interactiveRequest(plan.user))
    while (reply.kind === 'questions') {
      this.#round += 1
      if (this.#round > MOST_ROUNDS) throw endless()
      const answers = await this.#answers(reply)
      if (answers === undefined) {
        this.state = 'spent'
        this.#login.unanswered = reply.questions.map(({ text }) => text.trim()).join(' ')
        return undefined
      }
      reply = await send(this.#login, METHOD, interactiveAnswer(answers))
    }
    tried.push(METHOD)
    return this.#settle(answerOf(reply))
  }

  renew(): void {
    this.#refusals = 0
    if (this.state === 'refused') this.state = 'again'
  }

  #settle(answer: LoginAnswer): LoginAnswer {
    if (this.#used !== undefined) this.#password?.settle(this.#used, answer)
    if (answer.accepted || answer.partial) {
      // What comes next may be another question.
      this.state = 'again'
      return answer
    }
    this.#refusals += 1
    const asksAgain = this.#auth !== undefined && this.#refusals < TRIES
    const hasPassword = this.#auth === undefined && this.#password?.state === 'fresh'
    this.state = asksAgain || hasPassword ? 'fresh' : 'refused'
    return answer
  }

  /** Undefined if nothing here answers them. */
  async #answers(asked: Questions): Promise<readonly string[] | undefined> {
    const { questions } = asked
    if (questions.length === 0) return []
    if (this.#password !== undefined && this.#isForPassword(questions)) {
      this.#used = await this.#password.ask()
      return [this.#used.reveal()]
    }
    return this.#auth === undefined ? undefined : this.#fromCaller(this.#auth, asked)
  }

  #isForPassword(questions: readonly Question[]): boolean {
    const [question] = questions
    if (question === undefined || questions.length > 1 || question.echo) return false
    const isLeft = this.#password !== undefined && OPEN.has(this.#password.state)
    return this.#used === undefined && isLeft && !OTHER.test(question.text)
  }

  async #fromCaller(
    { answer }: InteractiveAuth,
    { name, instruction, questions }: Questions,
  ): Promise<readonly string[]> {
    const { plan } = this.#login
    const given = await whileOpen(this.#login, async (signal) => {
      try {
        return await answer({
          name: harmless(name),
          instruction: harmless(instruction),
          questions: questions.map(({ text, echo }) => ({ text: harmless(text), echo })),
          round: this.#round,
          user: plan.user,
          endpoint: plan.endpoint,
          ...(this.#refusals === 0 ? {} : { rejected: true as const }),
          signal,
        })
      } catch (error) {
        throw callerFault(error)
      }
    })
    return checked(given, questions.length, plan.client)
  }
}

function checked(given: unknown, count: number, client: number): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length !== count || !list.every((one) => typeof one === 'string')) {
    const what = count === 1 ? 'one text' : `a list of ${count} texts`
    throw netError('NET_BAD_OPTION', {
      message: `the function of keyboardInteractive() must give ${what}, one for each question`,
    })
  }
  for (const one of list) if (one !== '') claimSecrets(secret(one), client)
  return list
}

function endless(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server asked more than ${MOST_ROUNDS} times in one login`,
    limit: MOST_ROUNDS,
  })
}

const METHOD = 'keyboard-interactive'
const MOST_ROUNDS = 50
const TRIES = 2
const OPEN: ReadonlySet<string> = new Set(['fresh', 'again'])
// A question that is not for the password, though its answer is hidden.
const OTHER =
  /\b(?:new|again|re-?type|repeat|code|token|otp|one-time|verification|passcode|pin|factor|accept|agree)\b/i
