/*
 * Logging in: what the caller gave is tried in order, each once, and again only where somebody can be asked anew. A
 * prompt to a person runs outside of every phase, so that no limit runs against it.
 */

import type { Credential, Secret } from '@net/core'
import { CredentialSource, netError, type Operation } from '@net/core/authoring'

import type { LoginAnswer, SshSession } from './engine/ssh2.ts'
import { signingKey, type Login, type SigningKey } from './engine/ssh2-login.ts'
import { forEngine, isEncrypted } from './identity/private-key.ts'
import { invalid } from './identity/key-format.ts'
import type { KeyAuth } from './identity/keys.ts'

/** Who logs in, and with what. */
export interface LoginPlan {
  readonly user: string
  /** `host:port`, for whoever is asked. */
  readonly endpoint: string
  readonly keys: readonly KeyAuth[]
  readonly password: Credential | undefined
}

/**
 * Logs in. Rejects with `NET_AUTH_REJECTED`, `NET_AUTH_NO_METHOD`, `NET_AUTH_PARTIAL` or `NET_CREDENTIAL_INVALID`;
 * what the caller's own callbacks throw passes as it is.
 */
export async function logIn(session: SshSession, plan: LoginPlan, op: Operation): Promise<void> {
  const state: LoginState = { session, plan, op, tried: [], methods: undefined, partial: false }
  for (const auth of plan.keys) if (await logInWithKey(state, auth)) return
  if (plan.password !== undefined && (await logInWithPassword(state, plan.password))) return
  // Only the server can say what it takes, and it says so when it refuses.
  if (state.tried.length === 0 && (await attempt(state, { method: 'none' }, 'no credentials')))
    return
  throw refused(state)
}

interface LoginState {
  readonly session: SshSession
  readonly plan: LoginPlan
  readonly op: Operation
  readonly tried: string[]
  /** What the server takes; undefined until it has said so. */
  methods: readonly string[] | undefined
  partial: boolean
}

async function attempt(state: LoginState, login: Login, what: string): Promise<boolean> {
  const { session, op, plan } = state
  const answer = await op.phase('auth', async () => {
    op.wire('send', () => `userauth ${login.method} ${plan.user}`)
    const answered = await session.login(login)
    op.wire('receive', () => describeAnswer(answered))
    return answered
  })
  if (answer.accepted) return true
  state.tried.push(what)
  state.methods = answer.methods
  state.partial ||= answer.partial
  return false
}

/** Reads the key, and asks for its passphrase, only when its turn has come. */
async function logInWithKey(state: LoginState, auth: KeyAuth): Promise<boolean> {
  if (state.methods !== undefined && !state.methods.includes('publickey')) return false
  const key = await readyKey(auth, state.plan, state.op)
  const what = auth.label === undefined ? `key (${key.type})` : `key ${auth.label}`
  return attempt(state, { method: 'publickey', key }, what)
}

async function logInWithPassword(state: LoginState, password: Credential): Promise<boolean> {
  const { plan, op } = state
  if (state.methods !== undefined && !state.methods.includes('password')) return false
  const { user, endpoint } = plan
  const source = new CredentialSource(password, { what: 'password', endpoint, user })
  for (;;) {
    const answer: Secret = await source.get({ signal: op.signal })
    if (await attempt(state, { method: 'password', password: answer }, 'password')) return true
    if (state.partial || !source.rejected(answer)) return false
  }
}

async function readyKey(auth: KeyAuth, plan: LoginPlan, op: Operation): Promise<SigningKey> {
  const content = await auth.read()
  if (!isEncrypted(content)) return signingKey(forEngine(content))
  if (auth.passphrase === undefined) throw invalid('it is encrypted, and no passphrase was given')
  const source = new CredentialSource(auth.passphrase, {
    what: 'passphrase',
    endpoint: auth.label ?? plan.endpoint,
    user: plan.user,
  })
  for (;;) {
    const passphrase = await source.get({ signal: op.signal })
    try {
      return await signingKey(forEngine(content, passphrase.reveal()))
    } catch (error) {
      if (!source.rejected(passphrase)) throw error
    }
  }
}

function refused({ tried, methods = [], partial, plan }: LoginState): Error {
  const takes = methods.length === 0 ? 'no method at all' : methods.join(', ')
  const who = `"${plan.user}"`
  if (partial) {
    return netError('NET_AUTH_PARTIAL', {
      phase: 'auth',
      message: `the server accepted one step of the login of ${who} and wants another: ${takes}`,
    })
  }
  const given = plan.keys.length > 0 || plan.password !== undefined
  const usable = plan.keys.length > 0 ? ['publickey'] : []
  if (plan.password !== undefined) usable.push('password')
  if (!given || !usable.some((name) => methods.includes(name))) {
    const had = given ? usable.join(', ') : 'no credentials were given'
    return netError('NET_AUTH_NO_METHOD', {
      phase: 'auth',
      message: `no way to log in as ${who}: the server takes ${takes}; ${given ? `given: ${had}` : had}`,
    })
  }
  return netError('NET_AUTH_REJECTED', {
    phase: 'auth',
    message: `the server refused the login of ${who}; tried: ${tried.join(', ')}; it takes ${takes}`,
  })
}

function describeAnswer({ accepted, partial, methods }: LoginAnswer): string {
  if (accepted) return 'userauth success'
  return `userauth ${partial ? 'partial success' : 'failure'}, can continue: ${methods.join(',')}`
}
