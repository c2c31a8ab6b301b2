/*
 * Logging in: the server says at each step what it takes, and what the caller gave is offered by that, in its order. A
 * prompt to a person runs outside of every phase, so that no limit runs against it.
 */

import { harmless, netError, type Operation } from '@net/core/authoring'

import type { LoginAnswer, SshSession } from '../engine/ssh2.ts'
import { agentSigners } from '../identity/agent-auth.ts'
import type { SshAuth } from '../identity/auth.ts'
import { InteractiveOffer } from './interactive-offer.ts'
import { KeyOffer } from './key-offer.ts'
import { keySigners } from './key-signers.ts'
import { KnownMethods } from './known-methods.ts'
import { answerOf, send, whileOpen, type LoginPlan, type LoginRun, type Offer } from './offer.ts'
import { PasswordOffer } from './password-offer.ts'
import { noneRequest } from './user-auth.ts'

/**
 * Logs in. `none` is asked first (RFC 4252, section 5.2): some servers need no more, the others say what they take, so
 * that nothing is offered in vain. A server that has said so before is not asked again. Each credential is offered once,
 * and after a step that was accepted once more. Rejects with `NET_AUTH_REJECTED`, `NET_AUTH_NO_METHOD`, `NET_AUTH_PARTIAL`
 * or `NET_CREDENTIAL_INVALID`; what the caller's own callbacks throw passes as it is.
 */
export async function logIn(session: SshSession, plan: LoginPlan, op: Operation): Promise<void> {
  const login = begin(session, plan, op)
  const offers = offersOf(login)
  const remembered = known.of(plan.server)
  let confirmed = remembered === undefined
  let answer = await (remembered === undefined
    ? question(login)
    : answerOf({ ...NO, methods: remembered }))
  // A server that names no method may still take one.
  const unnamed = answer.methods.length > 0 ? [] : ALL
  while (!answer.accepted) {
    const next = nextOf(offers, answer.methods.length > 0 ? answer.methods : unnamed)
    if (next === undefined && confirmed) throw refused(login, answer.methods)
    const said = await (next === undefined ? question(login) : next.offer.attempt(next.method))
    if (said === undefined) continue
    answer = said
    confirmed ||= isExpected(next?.method, said)
    if (!confirmed) known.forget(plan.server)
    countStep(login, offers, said)
  }
}

/** A list without what was offered is another one than the server gave before. */
function isExpected(
  method: string | undefined,
  { accepted, partial, methods }: LoginAnswer,
): boolean {
  return method === undefined || accepted || partial || methods.includes(method)
}

function begin(session: SshSession, plan: LoginPlan, op: Operation): LoginRun {
  return { session, plan, op, tried: [], shown: new Set(), steps: 0, unanswered: undefined }
}

/** The methods that the server takes for this user, as it answers to `none`; undefined where it lets the user in by that. */
export async function askMethods(
  session: SshSession,
  plan: LoginPlan,
  op: Operation,
): Promise<readonly string[] | undefined> {
  const { accepted, methods } = await question(begin(session, plan, op))
  return accepted ? undefined : methods
}

function offersOf(login: LoginRun): readonly Offer[] {
  const { auth, password: holder } = login.plan
  const password = holder === undefined ? undefined : new PasswordOffer(holder, login)
  const given = auth.map((one) => offerOf(one, password, login))
  if (password === undefined) return given
  return [...given, password, new InteractiveOffer(undefined, password, login)]
}

function offerOf(auth: SshAuth, password: PasswordOffer | undefined, login: LoginRun): Offer {
  if (auth.method === 'keyboard-interactive') return new InteractiveOffer(auth, password, login)
  return auth.method === 'agent'
    ? new KeyOffer(() => whileOpen(login, (signal) => agentSigners(auth, signal)), login)
    : new KeyOffer(() => keySigners(auth, login), login)
}

/** What was refused as the step before may well be the next one. Throws where there have been too many. */
function countStep(
  login: LoginRun,
  offers: readonly Offer[],
  { partial, methods }: LoginAnswer,
): void {
  if (!partial) return
  login.steps += 1
  if (login.steps === MOST_STEPS) throw refused(login, methods)
  login.shown.clear()
  for (const offer of offers) offer.renew()
}

/** Asks what the server takes; where it requires no login, this is the login. */
async function question(login: LoginRun): Promise<LoginAnswer> {
  const answer = answerOf(await send(login, 'none', noneRequest(login.plan.user)))
  const { server } = login.plan
  if (answer.methods.length > 0) known.learn(server, answer.methods)
  else known.forget(server)
  return answer
}

/** What is offered next, of what the server takes. */
function nextOf(
  offers: readonly Offer[],
  methods: readonly string[],
): { readonly offer: Offer; readonly method: string } | undefined {
  const fitting = offers.flatMap((offer) => {
    const method = offer.fits(methods)
    return method === undefined ? [] : [{ offer, method }]
  })
  return (
    fitting.find(({ offer }) => offer.state === 'fresh') ??
    fitting.find(({ offer }) => offer.state === 'again')
  )
}

function refused({ tried, steps, plan, unanswered }: LoginRun, methods: readonly string[]): Error {
  const takes = methods.length === 0 ? 'no method at all' : methods.join(', ')
  const who = `"${plan.user}"`
  const asked =
    unanswered === undefined
      ? ''
      : `; it asks "${harmless(unanswered)}", which keyboardInteractive() would answer`
  if (steps > 0) {
    const accepted = steps === 1 ? 'one step' : `${steps} steps`
    return netError('NET_AUTH_PARTIAL', {
      phase: 'auth',
      message: `the server accepted ${accepted} of the login of ${who} and requires another: ${takes}${asked}`,
    })
  }
  if (tried.length > 0) {
    return netError('NET_AUTH_REJECTED', {
      phase: 'auth',
      message: `the server refused the login of ${who}; tried: ${tried.join(', ')}; it accepts ${takes}${hint(tried)}${asked}`,
    })
  }
  const given: string[] = [...new Set(plan.auth.map(({ method }) => NAMES[method]))]
  if (plan.password !== undefined) given.push('password')
  const had = given.length === 0 ? 'no credentials were given' : `given: ${given.join(', ')}`
  return netError('NET_AUTH_NO_METHOD', {
    phase: 'auth',
    message: `no way to log in as ${who}: the server accepts ${takes}; ${had}${asked}`,
  })
}

/** What may be behind the refusal of a key that is the right one. */
function hint(tried: readonly string[]): string {
  return tried.includes('key (ssh-rsa)')
    ? '; RSA keys sign with SHA-2 only, which servers from before 2016 do not support'
    : ''
}

const known = new KnownMethods(1000)
// Servers ask for two or three. One that always wants another must not keep a function answering for ever.
const MOST_STEPS = 10
const NO = { kind: 'failure', partial: false } as const
const ALL: readonly string[] = ['publickey', 'password', 'keyboard-interactive']
const NAMES = {
  publickey: 'publickey',
  agent: 'publickey',
  'keyboard-interactive': 'keyboard-interactive',
} as const
