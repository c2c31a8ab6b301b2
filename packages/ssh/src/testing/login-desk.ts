/* Who may log in to the embedded server, and by which steps. One desk for each connection. */

import { clock } from '@net/core/authoring'

import type {
  InteractiveRound,
  LoginAttempt,
  LoginDecision,
  LoginTalk,
} from '../engine/ssh2-server-login.ts'
import { certificateFault, type Certificate } from '../identity/certificate.ts'

/** A user who may log in. */
export interface SshUser {
  readonly password?: string | undefined
  /** Public keys as in `authorized_keys`. */
  readonly keys?: readonly string[] | undefined
  /** Public keys of authorities whose certificates for the user's name are taken. */
  readonly authorities?: readonly string[] | undefined
  /** The questions of `keyboard-interactive`, round by round, with the answers that are right. */
  readonly questions?: readonly SshQuestions[] | undefined
  /** The password has expired, and this one must replace it, asked for with the text. */
  readonly expired?: { readonly text: string; readonly newPassword: string } | undefined
  /** Whether the key and the password are both needed. Default false. */
  readonly both?: boolean | undefined
  /** The methods in the order in which they are needed, all of them; two keys must be two different ones. */
  readonly steps?: readonly SshMethod[] | undefined
  /** Whether the method `none` is enough. Default false. */
  readonly open?: boolean | undefined
}

/** A way to log in. */
export type SshMethod = 'publickey' | 'password' | 'keyboard-interactive'

/** One round of questions. */
export interface SshQuestions extends InteractiveRound {
  /** One for each question. */
  readonly answers: readonly string[]
}

/** Decides about the logins of one connection. */
export class LoginDesk {
  readonly #users: Readonly<Record<string, SshUser>>
  readonly #keyDone = new Set<string>()
  readonly #usedKeys = new Set<string>()
  #done = 0

  constructor(users: Readonly<Record<string, SshUser>>) {
    this.#users = users
  }

  async decide(attempt: LoginAttempt, talk?: LoginTalk): Promise<LoginDecision> {
    const { user, method } = attempt
    const known = this.#users[user]
    if (method === 'none' && known?.open === true) return { accepted: true }
    if (!(await isRight(known, attempt, talk))) return this.refuse(user)
    if (known?.steps !== undefined) return this.#step(attempt, known.steps)
    if (known?.both !== true || this.#keyDone.has(user)) return { accepted: true }
    this.#keyDone.add(user)
    const methods = methodsOf(known).filter((name) => name !== method)
    return { accepted: false, methods, partial: true }
  }

  refuse(user: string): LoginDecision {
    const known = this.#users[user]
    const methods = known?.steps?.slice(this.#done, this.#done + 1) ?? methodsOf(known)
    return { accepted: false, methods }
  }

  #step(
    { user, method, key, signed }: LoginAttempt,
    steps: NonNullable<SshUser['steps']>,
  ): LoginDecision {
    const used = key === undefined ? '' : Buffer.from(key).toString('base64')
    if (method !== steps[this.#done] || this.#usedKeys.has(used)) return this.refuse(user)
    // A key without a signature is only a question.
    if (key !== undefined && signed !== true) return { accepted: true }
    this.#done += 1
    if (key !== undefined) this.#usedKeys.add(used)
    const next = steps[this.#done]
    return next === undefined
      ? { accepted: true }
      : { accepted: false, methods: [next], partial: true }
  }
}

async function isRight(
  user: SshUser | undefined,
  { user: name, method, password, key, certificate }: LoginAttempt,
  talk: LoginTalk | undefined,
): Promise<boolean> {
  if (method === 'password') return isPassword(user, password, talk)
  if (method === 'keyboard-interactive') return answersAll(user?.questions, talk)
  if (method !== 'publickey' || key === undefined) return false
  return certificate === undefined ? hasKey(user, key) : hasAuthority(user, certificate, name)
}

async function isPassword(
  { password, expired }: SshUser = {},
  given: string | undefined,
  talk: LoginTalk | undefined,
): Promise<boolean> {
  const fits = password !== undefined && password === given
  if (!fits || expired === undefined) return fits
  return (await talk?.change(expired.text)) === expired.newPassword
}

async function answersAll(
  rounds: readonly SshQuestions[] | undefined,
  talk: LoginTalk | undefined,
): Promise<boolean> {
  let isRight = rounds !== undefined
  for (const round of rounds ?? []) {
    const given = await talk?.ask(round)
    isRight &&= String(given) === String(round.answers)
  }
  return isRight
}

function hasAuthority(user: SshUser | undefined, certificate: Certificate, name: string): boolean {
  const authority = Buffer.from(certificate.authority).toString('base64')
  const isKnown = (user?.authorities ?? []).some(
    (line) => line.trim().split(/\s+/)[1] === authority,
  )
  const fault = certificateFault(certificate, {
    kind: 'user',
    principal: name,
    now: clock().date(),
  })
  return isKnown && fault === undefined
}

function methodsOf(user: SshUser | undefined): readonly string[] {
  // The answer for an unknown user is the same as for a known one.
  if (user === undefined) return ['publickey', 'password']
  const methods: string[] = []
  if (user.keys !== undefined || user.authorities !== undefined) methods.push('publickey')
  if (user.password !== undefined) methods.push('password')
  if (user.questions !== undefined) methods.push('keyboard-interactive')
  return methods
}

function hasKey(user: SshUser | undefined, key: Uint8Array): boolean {
  const wanted = Buffer.from(key).toString('base64')
  return (user?.keys ?? []).some((line) => line.trim().split(/\s+/)[1] === wanted)
}
