/*
 * How a session of commands begins: TLS from the first byte, a greeting, or TLS in the middle, as `security` says. What
 * the protocol calls these things it must not know.
 */

import { netError, type Operation } from '@net/core/authoring'

import { secure } from '../tls/secure.ts'
import type { TlsOptions } from '../tls/options.ts'
import type { Transport } from '../transport.ts'
import { CommandClient } from './command-client.ts'
import { Commands, type CommandRules } from './commands.ts'
import { lossInHandshake } from './loss.ts'
import { opening, type OpeningPlan } from './open.ts'
import { securityFor, type Security } from './security.ts'

/** What the caller wants of TLS; the options of `connect` have it. */
export interface StartOptions {
  readonly security?: Security | undefined
  readonly tls?: TlsOptions | undefined
}

/** What a protocol says at the beginning; `C` is its session, commands alone or a class that extends them. */
export interface StartRules<R, C extends Commands<R> = Commands<R>> extends CommandRules<R> {
  /** Throws for a line that is not a greeting, and for a greeting that refuses. */
  greeted(reply: R): void
  /** How TLS begins in the middle; leave it out if the protocol has no command for it. */
  readonly startTls?: {
    /** Such as `STLS` or `STARTTLS`. */
    readonly command: string
    /** Whether the server offers it, asked or seen already. */
    offered(commands: C): Promise<boolean>
    /** Whether the reply says that the next byte belongs to the TLS handshake. */
    goesOn(reply: R): boolean
  }
  /** Says what must be said before the session is of use, such as a login. */
  enter?(op: Operation, commands: C): Promise<void>
}

/** As `StartRules`, for a session that is more than its commands. */
export interface SessionRules<R, C extends Commands<R>> extends StartRules<R, C> {
  /** Makes the session of the transport that the greeting comes from. */
  begin(transport: Transport): C
}

/** Dials, begins a session and makes the client of it, as one operation; rejects as `startCommands` does. */
export function openCommands<R>(
  plan: OpeningPlan,
  options: StartOptions,
  rules: StartRules<R>,
): Promise<CommandClient<R>> {
  return opening(plan, async (op) => {
    const transport = await plan.dialer.dial(plan.endpoint, op.within)
    return new CommandClient(plan.identity, await startCommands(op, transport, options, rules))
  })
}

/** As `startSession`, for a session that is its commands and no more. */
export function startCommands<R>(
  op: Operation,
  dialed: Transport,
  options: StartOptions,
  rules: StartRules<R>,
): Promise<Commands<R>> {
  const begin = (transport: Transport): Commands<R> => new Commands(transport, rules)
  return startSession(op, dialed, options, { ...rules, begin })
}

/**
 * Begins a session over a transport that was just dialed. Rejects with `NET_TLS_UNAVAILABLE` where TLS is required and
 * the server has none, with what the greeting is refused for, and as TLS does; the transport is gone then.
 */
export async function startSession<R, C extends Commands<R>>(
  op: Operation,
  dialed: Transport,
  options: StartOptions,
  rules: SessionRules<R, C>,
): Promise<C> {
  const security = securityFor(dialed.info, options.security)
  const protect = (transport: Transport): Promise<Transport> =>
    // The phase around this has the limit; a second one would race with it.
    secure(transport, options.tls ?? {}, { ...op.within, timeout: Infinity }).catch((error) => {
      throw lossInHandshake(error, rules.place)
    })
  let session: C | undefined
  try {
    const transport =
      security === 'implicit' ? await op.phase('tls', () => protect(dialed)) : dialed
    session = rules.begin(transport)
    const begun = session
    const greeting = begun.reply()
    await begun.during(op, async () => {
      await op.phase('greeting', async () => rules.greeted(await greeting))
      // A tunnel may be encrypted as well, and a server at its end want TLS all the same.
      const isDone = begun.info.tls !== undefined || security === 'off'
      if (!isDone) await startTls(op, begun, { rules, protect, security })
      await rules.enter?.(op, begun)
    })
    return session
  } catch (error) {
    session?.lose(error)
    dialed.abort(error)
    throw error
  }
}

interface Upgrade<R, C extends Commands<R>> {
  readonly rules: StartRules<R, C>
  readonly security: Security
  readonly protect: (transport: Transport) => Promise<Transport>
}

async function startTls<R, C extends Commands<R>>(
  op: Operation,
  commands: C,
  { rules, security, protect }: Upgrade<R, C>,
): Promise<void> {
  const { startTls: upgrade } = rules
  if (upgrade !== undefined && (await op.phase('command', () => upgrade.offered(commands)))) {
    return op.phase('tls', async () => {
      const reply = await commands.ask(upgrade.command, (reply) => upgrade.goesOn(reply))
      if (!upgrade.goesOn(reply))
        throw unavailable(`answered it with ${rules.show(reply)}`, upgrade)
      await commands.upgrade(protect)
    })
  }
  if (security === 'opportunistic') return undefined
  const what = upgrade?.command ?? 'TLS'
  throw netError('NET_TLS_UNAVAILABLE', {
    message: `the server does not offer ${what}, or something between here and the server removed the offer`,
  })
}

function unavailable(what: string, { command }: { readonly command: string }): Error {
  return netError('NET_TLS_UNAVAILABLE', {
    message: `the server offers ${command} but ${what}`,
  })
}
