/* Who may log in to the embedded server, and by which steps. One desk for each connection. */

import type { LoginAttempt, LoginDecision } from '../engine/ssh2-server.ts'

/** A user who may log in. */
export interface SshUser {
  readonly password?: string | undefined
  /** Public keys as in `authorized_keys`. */
  readonly keys?: readonly string[] | undefined
  /** Whether the key and the password are both needed. Default false. */
  readonly both?: boolean | undefined
  /** The methods in the order in which they are needed, all of them; two keys must be two different ones. */
  readonly steps?: readonly ('publickey' | 'password')[] | undefined
  /** Whether the method `none` is enough. Default false. */
  readonly open?: boolean | undefined
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

  decide(attempt: LoginAttempt): LoginDecision {
    const { user, method } = attempt
    const known = this.#users[user]
    if (method === 'none' && known?.open === true) return { accepted: true }
    if (!isRight(known, attempt)) return this.refuse(user)
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

function isRight(user: SshUser | undefined, { method, password, key }: LoginAttempt): boolean {
  if (method === 'password') return user?.password !== undefined && user.password === password
  return method === 'publickey' && key !== undefined && hasKey(user, key)
}

function methodsOf(user: SshUser | undefined): readonly string[] {
  // The answer for an unknown user is the same as for a known one.
  if (user === undefined) return ['publickey', 'password']
  const methods: string[] = []
  if (user.keys !== undefined) methods.push('publickey')
  if (user.password !== undefined) methods.push('password')
  return methods
}

function hasKey(user: SshUser | undefined, key: Uint8Array): boolean {
  const wanted = Buffer.from(key).toString('base64')
  return (user?.keys ?? []).some((line) => line.trim().split(/\s+/)[1] === wanted)
}
