/* What is tried in a login, one thing after the other, and what they share. It must not know any method. */

import type { Credential } from '@net/core'
import type { Operation } from '@net/core/authoring'
import { askWhileOpen } from '@net/socket/authoring'

import type { LoginAnswer, SshSession } from '../engine/ssh2.ts'
import type { SshAuth } from '../identity/auth.ts'
import { readAuthReply, type AuthReply } from './user-auth.ts'

/** A password, and what follows it where it has expired. */
export interface PasswordHolder {
  readonly password: Credential
  readonly newPassword: Credential | undefined
}

/** Who logs in, and with what. */
export interface LoginPlan {
  readonly user: string
  /** `host:port`, for the callback that is asked. */
  readonly endpoint: string
  /** The server and the user in one text, for what is remembered of them. */
  readonly server: string
  readonly auth: readonly SshAuth[]
  readonly password: PasswordHolder | undefined
  /** The id of the client, which its secrets belong to. */
  readonly client: number
}

/** One login while it goes on. */
export interface LoginRun {
  readonly session: SshSession
  readonly plan: LoginPlan
  readonly op: Operation
  /** What was offered, for people. */
  readonly tried: string[]
  /** The keys that were offered since the last step, in base64: none is offered twice. */
  readonly shown: Set<string>
  /** How many steps the server has accepted. */
  steps: number
  /** A question of the server's that nothing here answers. */
  unanswered: string | undefined
}

/** Something to log in with. */
export interface Offer {
  /** The method by which it would be offered to a server that takes these; undefined if by none. */
  fits(methods: readonly string[]): string | undefined
  /** `again`: refused, but before another step was accepted. `spent`: accepted as a step, and no use for another. */
  readonly state: 'fresh' | 'refused' | 'again' | 'spent'
  /** Offers it; undefined if nothing came of it that the server has heard. */
  attempt(method: string): Promise<LoginAnswer | undefined>
  /** Another step was accepted: what was refused before may be the next one. */
  renew(): void
}

/** Sends a message of a method and waits for the reply, as one phase. Other calls may not run meanwhile. */
export function send(login: LoginRun, method: string, message: Uint8Array): Promise<AuthReply> {
  const { session, op, plan } = login
  return op.phase('auth', async () => {
    op.wire('send', () => `userauth ${method} ${plan.user}`)
    const answered = readAuthReply(await session.authenticate(message), method)
    op.wire('receive', () => describe(answered))
    return answered
  })
}

/** Asks a person, or an agent, for as long as the login goes on and the server is there. */
export function whileOpen<T>(
  { op, session }: LoginRun,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return askWhileOpen(op, session.closed, ask)
}

/** A reply that ends an attempt, as an answer. */
export function answerOf(reply: AuthReply): LoginAnswer {
  if (reply.kind === 'success') return { accepted: true, partial: false, methods: [] }
  const { methods, partial } = reply.kind === 'failure' ? reply : NOTHING
  return { accepted: false, partial, methods }
}

function describe(reply: AuthReply): string {
  if (reply.kind !== 'failure') return `userauth ${reply.kind}`
  const said = reply.partial ? 'partial success' : 'failure'
  return `userauth ${said}, can continue: ${reply.methods.join(',')}`
}

const NOTHING = { methods: [], partial: false } as const
