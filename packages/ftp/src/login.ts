/*
 * From a connected transport to a session that is ready for work: greeting, TLS, login, settings (RFC 959, 2228,
 * 4217). A password goes over a protected connection only.
 */

import type { Secret } from '@net/core'
import {
  type CredentialSource,
  netError,
  type Operation,
  own,
  stoppable,
} from '@net/core/authoring'
import { secure, type TlsOptions, type Transport } from '@net/socket'
import {
  logInWith,
  lossInHandshake,
  requireProtection,
  securityFor,
  type Security,
} from '@net/socket/authoring'

import { Control } from './control.ts'
import { accepted, Dialog } from './dialog.ts'
import { GREETING, replyError } from './errors.ts'
import { factsToAskFor, parseFeatures, type Features } from './features.ts'
import { keyShares } from './key-shares.ts'
import { controlLoss } from './loss-places.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { FtpEncoding } from './wire-text.ts'

/** The account of a login without a name. */
export const ANONYMOUS = 'anonymous'

/** Who logs in, and how it is protected. */
export interface LoginPlan {
  readonly user: string
  readonly password: CredentialSource | undefined
  readonly account: Secret | undefined
  /** undefined for what is right for the endpoint. */
  readonly security: Security | undefined
  readonly tls: TlsOptions
  readonly allowPlaintext: boolean | undefined
  readonly encoding: FtpEncoding
  /** The folder to begin in. */
  readonly folder: string | undefined
  /** Whether data connections go in clear (PROT C). Default false. */
  readonly clearData?: boolean | undefined
  /** Told to the server before the login (HOST). */
  readonly virtualHost?: string | undefined
  /** Told to the server behind the login (CLNT). */
  readonly clientName?: string | undefined
  /** Whether several commands go in one packet. Default true. */
  readonly pipelining?: boolean | undefined
}

/** A session that is ready. */
export interface LoggedIn {
  readonly control: Control
  readonly welcome: string
  readonly features: Features
}

/** Greets, secures, logs in and sets up. The transport is gone if this rejects. */
export async function logIn(
  op: Operation,
  transport: Transport,
  plan: LoginPlan,
): Promise<LoggedIn> {
  const { endpoint } = transport.info
  const servername = own(plan.tls, 'servername') ?? endpoint.host
  const tls = { ...plan.tls, servername, groups: own(plan.tls, 'groups') ?? keyShares() }
  const isAnonymous = plan.user === ANONYMOUS && plan.password === undefined
  const otherwise = isAnonymous ? 'opportunistic' : 'required'
  const security = securityFor(transport.info, plan.security, otherwise)
  const first = security === 'implicit' ? await handshake(op, transport, tls) : transport
  const { control, greeting } = Control.open(first, op, plan.encoding)
  try {
    const welcome = await op.phase('greeting', async () =>
      accepted(await stoppable(op, greeting.final), GREETING),
    )
    const dialog = new Dialog(op, control)
    if (security === 'required' || security === 'opportunistic') {
      await op.phase('tls', () => startTls(dialog, tls, security))
    }
    // A tunnel may be encrypted as well; data connections are protected by what TLS agreed on here.
    if (control.info.tls !== undefined) {
      await op.phase('tls', () => protectData(dialog, plan))
    }
    if (plan.virtualHost !== undefined) await chooseHost(dialog, plan.virtualHost)
    await enter(dialog, plan)
    const features = await op.phase('command', () => setUp(dialog, plan))
    return { control, welcome: welcome.text, features }
  } catch (error) {
    control.lose(netError('NET_CLOSED', { message: 'connecting failed', cause: error }))
    throw error
  }
}

async function startTls(dialog: Dialog, tls: TlsOptions, security: Security): Promise<void> {
  const { op, control } = dialog
  const reply = await control.askAndHold(op, 'AUTH TLS')
  if (reply.status === 421) throw replyError(reply, 'AUTH')
  if (reply.status !== 234) {
    if (security === 'opportunistic' && reply.status >= 400) return
    throw netError('NET_TLS_UNAVAILABLE', {
      message: `the server refused AUTH TLS: ${reply.text}`,
      reply: { status: reply.status, text: reply.text },
    })
  }
  await control.upgrade((transport) => handshake(op, transport, tls))
}

function handshake(op: Operation, transport: Transport, tls: TlsOptions): Promise<Transport> {
  return secure(transport, tls, op.within).catch((error: unknown) => {
    throw lossInHandshake(error, controlLoss)
  })
}

async function protectData(dialog: Dialog, plan: LoginPlan): Promise<void> {
  const level = plan.clearData === true ? 'C' : 'P'
  // RFC 4217 wants PBSZ before PROT; its reply does not matter.
  const [, reply = NOTHING] = await askAll(dialog, ['PBSZ 0', `PROT ${level}`], plan)
  if (isPositive(reply)) return
  if (level === 'C') throw replyError(reply, 'PROT')
  throw netError('NET_TLS_UNAVAILABLE', {
    message: `the server refused to encrypt data connections (PROT P): ${reply.text}`,
    reply: { status: reply.status, text: reply.text },
  })
}

async function enter(dialog: Dialog, plan: LoginPlan): Promise<void> {
  const { op, control } = dialog
  const { password } = plan
  if (password === undefined) return op.phase('auth', () => tellWho(dialog, plan, undefined))
  requireProtection(control.info, plan.allowPlaintext)
  const { closed } = control
  const source = { password, alive: () => control.failure === undefined, closed }
  return logInWith(op, source, (answer) => tellWho(dialog, plan, answer))
}

/** Rejects with what the server refused. */
async function tellWho(
  dialog: Dialog,
  { user, account }: LoginPlan,
  password: Secret | undefined,
): Promise<void> {
  let verb = 'USER'
  let reply = await dialog.ask(`USER ${user}`)
  if (reply.status === 331) {
    verb = 'PASS'
    reply = await dialog.ask(`PASS ${passwordFor(user, password)}`, 'PASS ***')
  }
  if (reply.status === 332 && account !== undefined) {
    verb = 'ACCT'
    reply = await dialog.ask(`ACCT ${account.reveal()}`, 'ACCT ***')
  }
  if (isPositive(reply)) return
  if (reply.status === 331 || reply.status === 332) {
    throw netError('NET_AUTH_NO_METHOD', {
      message: `the server requires more than a user and a password: ${reply.text}`,
    })
  }
  throw replyError(reply, verb)
}

function passwordFor(user: string, password: Secret | undefined): string {
  if (password === undefined && user === ANONYMOUS) return 'anonymous@'
  if (password === undefined) {
    throw netError('NET_AUTH_NO_METHOD', {
      message: 'the server requires a password; pass password to connect()',
    })
  }
  const told = password.reveal()
  // A callback may have answered anything; the line must stay one line.
  if (/\p{Cc}/u.test(told)) {
    throw netError('NET_INJECTION', { message: 'the password contains a control character' })
  }
  return told
}

/** RFC 7151: which of its hosts the server is to be, before it is told who comes. */
async function chooseHost(dialog: Dialog, host: string): Promise<void> {
  const reply = await dialog.op.phase('command', () => dialog.ask(`HOST ${host}`))
  if (!isPositive(reply)) throw replyError(reply, 'HOST')
}

/** What needs no answer before it, together; IIS decodes names as UTF-8 only when told to. */
async function setUp(dialog: Dialog, plan: LoginPlan): Promise<Features> {
  const { folder, clientName } = plan
  const { encoding } = dialog.control
  const isUtf8 = encoding === 'utf8'
  const commands = [
    'FEAT',
    'TYPE I',
    ...(clientName === undefined ? [] : [`CLNT ${clientName}`]),
    ...(isUtf8 ? ['OPTS UTF8 ON'] : []),
  ]
  const enter = folder === undefined ? [] : [`CWD ${folder}`]
  const replies = await askAll(dialog, isUtf8 ? [...commands, ...enter] : commands, plan)
  const [features = NOTHING, type = NOTHING] = replies
  accepted(type, 'TYPE I')
  const known = parseFeatures(features)
  await setOptions(dialog, known)
  for (const command of enter) {
    accepted(isUtf8 ? (replies.at(-1) ?? NOTHING) : await dialog.ask(command), command)
  }
  return known
}

/** What depends on what the server can do. */
async function setOptions(dialog: Dialog, known: Features): Promise<void> {
  const facts = factsToAskFor(known)
  if (facts !== undefined) await dialog.ask(facts)
  const isUtf8 = dialog.control.encoding === 'utf8'
  // Some take names for UTF-8 and nothing else until told not to.
  if (!isUtf8 && known.has('UTF8')) await dialog.ask('OPTS UTF8 OFF')
}

async function askAll(
  dialog: Dialog,
  commands: readonly string[],
  { pipelining = true }: LoginPlan,
): Promise<readonly FtpReply[]> {
  if (pipelining) return dialog.askTogether(commands)
  const replies: FtpReply[] = []
  for (const command of commands) replies.push(await dialog.ask(command))
  return replies
}

const NOTHING: FtpReply = { status: 500, text: '' }
