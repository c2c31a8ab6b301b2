/*
 * Logging in: the server says at each step what it takes, and what the caller gave is offered by that, in its order. A
 * prompt to a person runs outside of every phase, so that no limit runs against it.
 */

import type { Credential } from '@net/core'
import { CredentialSource, netError, type Operation } from '@net/core/authoring'
import { askWhileOpen } from '@net/socket/authoring'

import { refuseLong } from './command-line.ts'
import type { LoginAnswer, SshSession } from './engine/ssh2.ts'
import { signingKey, type Login, type SigningKey } from './engine/ssh2-login.ts'
import { forEngine, isEncrypted } from './identity/private-key.ts'
import { invalid } from './identity/invalid-key.ts'
import type { KeyAuth } from './identity/keys.ts'
import { makeReady, readyBefore } from './identity/ready-keys.ts'
import { KnownMethods } from './known-methods.ts'

/** Who logs in, and with what. */
export interface LoginPlan {
  readonly user: string
  /** `host:port`, for the callback that is asked. */
  readonly endpoint: string
  /** The server and the user in one text, for what is remembered of them. */
  readonly server: string
  readonly keys: readonly KeyAuth[]
  readonly password: Credential | undefined
  /** The id of the client, which its secrets belong to. */
  readonly client: number
}

/**
 * Logs in. `none` is asked first (RFC 4252, section 5.2): some servers need no more, the others say what they take, so
 * that nothing is offered in vain. A server that has said so before is not asked again. Each credential is offered once,
 * and after a step that was accepted once more. Rejects with `NET_AUTH_REJECTED`, `NET_AUTH_NO_METHOD`, `NET_AUTH_PARTIAL`
 * or `NET_CREDENTIAL_INVALID`; what the caller's own callbacks throw passes as it is.
 */
export async function logIn(session: SshSession, plan: LoginPlan, op: Operation): Promise<void> {
  const login: LoginRun = { session, plan, op, tried: [], steps: 0 }
  const offers: readonly Offer[] = [
    ...plan.keys.map((auth) => new KeyOffer(auth, login)),
    ...(plan.password === undefined ? [] : [new PasswordOffer(plan.password, login)]),
  ]
  const remembered = known.of(plan.server)
  let answer: LoginAnswer =
    remembered === undefined
      ? await question(login)
      : { accepted: false, partial: false, methods: remembered }
  let confirmed = remembered === undefined
  // A server that names no method may still take one.
  const named = answer.methods.length > 0
  while (!answer.accepted) {
    const next = nextOf(offers, answer.methods, named)
    if (next === undefined) {
      if (confirmed) throw refused(login, answer.methods)
      answer = await question(login)
      confirmed = true
    } else {
      answer = await next.attempt()
      // A list without what was offered is another one than the server gave before.
      confirmed ||= answer.accepted || answer.partial || answer.methods.includes(next.method)
      if (!confirmed) known.forget(plan.server)
      if (answer.partial) countStep(login, offers)
    }
  }
}

/** What was refused as the step before may well be the next one. */
function countStep(login: LoginRun, offers: readonly Offer[]): void {
  login.steps += 1
  for (const offer of offers) if (offer.state === 'refused') offer.state = 'again'
}

/** Asks what the server takes; where it requires no login, this is the login. */
async function question(login: LoginRun): Promise<LoginAnswer> {
  const answer = await ask(login, { method: 'none' })
  const { server } = login.plan
  if (answer.methods.length > 0) known.learn(server, answer.methods)
  else known.forget(server)
  return answer
}

interface LoginRun {
  readonly session: SshSession
  readonly plan: LoginPlan
  readonly op: Operation
  /** What was offered, for people. */
  readonly tried: string[]
  /** How many steps the server has accepted. */
  steps: number
}

/** Something to log in with. */
interface Offer {
  readonly method: 'publickey' | 'password'
  /** `again`: refused, but before another step was accepted. `spent`: accepted as a step, and no use for another. */
  state: 'fresh' | 'refused' | 'again' | 'spent'
  attempt(): Promise<LoginAnswer>
}

/** What is offered next, of what the server takes. */
function nextOf(
  offers: readonly Offer[],
  methods: readonly string[],
  named: boolean,
): Offer | undefined {
  const any = !named && methods.length === 0
  const fitting = offers.filter(({ method }) => any || methods.includes(method))
  return (
    fitting.find(({ state }) => state === 'fresh') ?? fitting.find(({ state }) => state === 'again')
  )
}

function ask({ session, op, plan }: LoginRun, login: Login): Promise<LoginAnswer> {
  return op.phase('auth', async () => {
    op.wire('send', () => `userauth ${login.method} ${plan.user}`)
    const answered = await session.login(login)
    op.wire('receive', () => describeAnswer(answered))
    return answered
  })
}

/** A key, read and decrypted only when its turn has come. */
class KeyOffer implements Offer {
  readonly method = 'publickey'
  state: Offer['state'] = 'fresh'
  readonly #auth: KeyAuth
  readonly #login: LoginRun
  #key: SigningKey | undefined

  constructor(auth: KeyAuth, login: LoginRun) {
    this.#auth = auth
    this.#login = login
  }

  async attempt(): Promise<LoginAnswer> {
    const { tried } = this.#login
    const key = (this.#key ??= await readyKey(this.#auth, this.#login))
    const answer = await ask(this.#login, { method: 'publickey', key })
    const { label } = this.#auth
    tried.push(label === undefined ? `key (${key.type})` : `key ${label}`)
    // A server that wants two keys wants two different ones.
    this.state = answer.partial ? 'spent' : 'refused'
    return answer
  }
}

/** A password; one that is asked for may be asked for again. */
class PasswordOffer implements Offer {
  readonly method = 'password'
  state: Offer['state'] = 'fresh'
  readonly #password: Credential
  readonly #login: LoginRun
  #source: CredentialSource

  constructor(password: Credential, login: LoginRun) {
    this.#password = password
    this.#login = login
    this.#source = this.#begin()
  }

  async attempt(): Promise<LoginAnswer> {
    const { session, op, tried } = this.#login
    const password = await askWhileOpen(op, session.closed, (signal) =>
      this.#source.get({ signal }),
    )
    refuseLong('the password', password.reveal(), session.longest)
    const answer = await ask(this.#login, { method: 'password', password })
    tried.push('password')
    if (answer.partial) {
      // The password of the next step is another one.
      this.state = typeof this.#password === 'function' ? 'again' : 'spent'
      this.#source = this.#begin()
    } else {
      this.state = this.#source.rejected(password) ? this.state : 'refused'
    }
    return answer
  }

  #begin(): CredentialSource {
    const { endpoint, user, client } = this.#login.plan
    return new CredentialSource(this.#password, { what: 'password', endpoint, user }, client)
  }
}

async function readyKey(auth: KeyAuth, { session, plan, op }: LoginRun): Promise<SigningKey> {
  const content = await auth.read()
  if (!isEncrypted(content)) return signingKey(await forEngine(content))
  const before = readyBefore(auth, content)
  if (before !== undefined) return before
  if (auth.passphrase === undefined) throw invalid('it is encrypted, and no passphrase was given')
  const { user, client } = plan
  const subject = { what: 'passphrase', endpoint: auth.label ?? plan.endpoint, user } as const
  const source = new CredentialSource(auth.passphrase, subject, client)
  for (;;) {
    const passphrase = await askWhileOpen(op, session.closed, (signal) => source.get({ signal }))
    try {
      return await makeReady(auth, content, passphrase.reveal(), op.signal)
    } catch (error) {
      if (op.signal.aborted || !source.rejected(passphrase)) throw error
    }
  }
}

function refused({ tried, steps, plan }: LoginRun, methods: readonly string[]): Error {
  const takes = methods.length === 0 ? 'no method at all' : methods.join(', ')
  const who = `"${plan.user}"`
  if (steps > 0) {
    const accepted = steps === 1 ? 'one step' : `${steps} steps`
    return netError('NET_AUTH_PARTIAL', {
      phase: 'auth',
      message: `the server accepted ${accepted} of the login of ${who} and requires another: ${takes}`,
    })
  }
  if (tried.length > 0) {
    return netError('NET_AUTH_REJECTED', {
      phase: 'auth',
      message: `the server refused the login of ${who}; tried: ${tried.join(', ')}; it accepts ${takes}${hint(tried)}`,
    })
  }
  const given = [
    ...(plan.keys.length > 0 ? ['publickey'] : []),
    ...(plan.password === undefined ? [] : ['password']),
  ]
  const had = given.length === 0 ? 'no credentials were given' : `given: ${given.join(', ')}`
  return netError('NET_AUTH_NO_METHOD', {
    phase: 'auth',
    message: `no way to log in as ${who}: the server accepts ${takes}; ${had}`,
  })
}

/** What may be behind the refusal of a key that is the right one. */
function hint(tried: readonly string[]): string {
  return tried.includes('key (ssh-rsa)')
    ? '; RSA keys sign with SHA-2 only, which servers from before 2016 do not support'
    : ''
}

function describeAnswer({ accepted, partial, methods }: LoginAnswer): string {
  if (accepted) return 'userauth success'
  return `userauth ${partial ? 'partial success' : 'failure'}, can continue: ${methods.join(',')}`
}

const known = new KnownMethods(1000)
