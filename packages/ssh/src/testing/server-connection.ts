/* One connection of the embedded server: who may log in, what commands and tunnels do, and where a fault strikes. */

import type { Socket } from 'node:net'

import { clock } from '@net/core/authoring'
import { fromSocket, toSocket, type Connection } from '@net/socket'
import { withFaults, type FaultPlan } from '@net/socket/testing'

import type { ListenRequest, TunnelRequest } from '../engine/ssh2-forwards-server.ts'
import type { LoginAttempt, LoginDecision, LoginTalk } from '../engine/ssh2-server-login.ts'
import type { RunRequest, StepDecision } from '../engine/ssh2-session-server.ts'
import { serveSsh, type ServerDesk, type ServerRoad } from '../engine/ssh2-server.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import { runCommand } from './command-run.ts'
import { readCommandLine, type ExecHandler } from './exec-handlers.ts'
import type { SshFault, SshFaultAction, SshFaults } from './faults.ts'
import { LoginDesk, type SshUser } from './login-desk.ts'
import type { ServedTerminal } from './served-terminal.ts'
import { placeName, ServerForwards } from './server-forwards.ts'
import type { ServerQuirks } from './server-quirks.ts'

/** Something that the server got. */
export interface SshReceived {
  readonly what:
    | 'auth'
    | 'pty'
    | 'resize'
    | 'exec'
    | 'shell'
    | 'subsystem'
    | 'signal'
    | 'tunnel'
    | 'listen'
    | 'cancel'
    | 'rekey'
  /**
   * The method and user; the terminal with its size, `xterm 80x24`; the command; the name of the subsystem or signal;
   * `host:port` or the path of a tunnel, and where to listen. Empty for a shell and for new keys.
   */
  readonly text: string
  readonly user: string
  /** The variables of an exec, shell or subsystem. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** What the server lends to its connections. */
export interface ConnectionHost {
  readonly hostKeys: readonly string[]
  readonly hostCertificate: Uint8Array | undefined
  readonly nextHostKeys: readonly PrivateKey[]
  readonly users: Readonly<Record<string, SshUser>>
  readonly exec: ExecHandler
  readonly shell: ExecHandler
  /** Undefined for a subsystem that there is not. */
  subsystem(name: string): ExecHandler | undefined
  /** How many sessions a connection may have at once. */
  readonly maxSessions: number
  readonly banner?: string | undefined
  readonly greeting?: string | undefined
  readonly quirks: ServerQuirks
  /** How many tries to log in may fail, and how many milliseconds a login may take. */
  readonly maxTries: number
  readonly loginGrace: number | undefined
  readonly faults: SshFaults
  /** Where a tunnel leads, as `host:port`; undefined if nowhere. */
  route(target: string): string | undefined
  received(what: SshReceived): void
}

/** One connection. */
export class ServerConnection implements ServerDesk {
  readonly hostKeys: readonly string[]
  readonly hostCertificate: Uint8Array | undefined
  readonly nextHostKeys: readonly PrivateKey[]
  readonly quirks: ServerQuirks
  declare readonly banner?: string | undefined
  declare readonly greeting?: string | undefined
  readonly #host: ConnectionHost
  readonly #socket: Socket
  readonly #logins: LoginDesk
  readonly #forwards: ServerForwards
  #sessions = 0
  #user = ''
  #isIn = false
  #tries = 0
  #road: ServerRoad | undefined

  constructor(connection: Connection, host: ConnectionHost) {
    this.#host = host
    this.#logins = new LoginDesk(host.users)
    this.#forwards = new ServerForwards({
      route: (target) => host.route(target),
      forwardedAs: host.quirks.forwardedAs,
      road: () => this.#road,
    })
    this.hostKeys = host.hostKeys
    this.hostCertificate = host.hostCertificate
    this.nextHostKeys = host.nextHostKeys
    this.quirks = host.quirks
    if (host.banner !== undefined) this.banner = host.banner
    if (host.greeting !== undefined) this.greeting = host.greeting
    const faults = host.faults.ofConnection().map(bytePlan)
    const socket = connection.toSocket()
    this.#socket = faults.length === 0 ? socket : toSocket(withFaults(fromSocket(socket), faults))
    // A stalled road does not hear by itself that the client has left.
    if (faults.length > 0) socket.once('close', () => this.cut())
    // Clients of tests leave in all ways.
    this.#socket.on('error', () => {})
  }

  async serve(): Promise<void> {
    const { loginGrace } = this.#host
    const late = (): void => {
      if (!this.#isIn) this.cut()
    }
    const grace = loginGrace === undefined ? undefined : clock().after(loginGrace, late)
    if (await this.#passes('greeting')) await serveSsh(this.#socket, this)
    // SSH has no message for a refusal before the server has identified itself.
    else this.cut()
    grace?.clear()
    this.#forwards.end()
  }

  /** As sshd: after so many failed tries it says why, and leaves. */
  #count(): void {
    this.#tries += 1
    if (this.#tries < this.#host.maxTries) return
    this.#road?.sayGoodbye(PROTOCOL_ERROR, 'Too many authentication failures')
  }

  /** Ends it at once. */
  cut(): void {
    this.#socket.destroy()
  }

  begin(road: ServerRoad): void {
    this.#road = road
    const action = this.#host.faults.at('kex')
    if (action === undefined) return
    const release = road.hold()
    if (typeof action !== 'object') this.#strike(action)
    else if ('delay' in action) clock().after(action.delay, release)
    else this.cut()
  }

  rekeyed(): void {
    this.#host.received({ what: 'rekey', text: '', user: this.#user })
  }

  async login(attempt: LoginAttempt, talk: LoginTalk): Promise<LoginDecision> {
    const { user, method } = attempt
    this.#user = user
    this.#host.received({ what: 'auth', text: `${method} ${user}`, user })
    const passes = await this.#passes(`auth ${method} ${user}`)
    const decision = passes ? await this.#logins.decide(attempt, talk) : this.#logins.refuse(user)
    if (decision.accepted) this.#isIn ||= attempt.key === undefined || attempt.signed === true
    else if (decision.partial !== true && method !== 'none') this.#count()
    return decision
  }

  async openSession(): Promise<boolean | 'close'> {
    const isFull = this.#sessions >= this.#host.maxSessions
    this.#sessions += 1
    // As sshd with MaxSessions; in the order in which they were asked for.
    const decision = await (isFull ? false : this.#check('open session'))
    if (decision === false) this.#sessions -= 1
    return decision
  }

  sessionClosed(): void {
    this.#sessions -= 1
  }

  variable(name: string): StepDecision {
    return this.#check(`env ${name}`)
  }

  terminal({ term, columns, rows }: ServedTerminal): StepDecision {
    this.#hear('pty', `${term} ${columns}x${rows}`)
    return this.#check(`pty ${term}`)
  }

  resized({ term, columns, rows }: ServedTerminal): void {
    this.#hear('resize', `${term} ${columns}x${rows}`)
  }

  async run(request: RunRequest): Promise<void> {
    const { kind, text } = request
    const line = kind === 'exec' ? readCommandLine(text) : { ...NOTHING, command: text }
    const { command, cwd } = line
    const env = { ...request.env, ...line.env }
    this.#host.received({ what: kind, text: command, user: this.#user, env })
    const passes = this.#check(command === '' ? kind : `${kind} ${command}`)
    // Without a fault not a moment may pass: what follows in the same packet is for the command.
    const decision = passes === true || (await passes)
    const handler = this.#handlerOf(request)
    if (decision === 'close') request.close()
    else if (!decision || handler === undefined) request.reject()
    else {
      const user = this.#user
      const signalled = (signal: string): void => this.#hear('signal', signal)
      const run = { handler, command, user, env, cwd, signalled }
      await this.#end(command === '' ? kind : command, await runCommand(request, run))
    }
  }

  async #end(name: string, ran: Awaited<ReturnType<typeof runCommand>>): Promise<void> {
    if (ran === undefined) return
    const { served, exit } = ran
    if (await this.#passes(`exit ${name}`)) {
      if (typeof exit === 'object') served.exitSignal(exit.signal)
      else served.exit(exit ?? 0)
    }
    served.close()
  }

  async tunnel(request: TunnelRequest): Promise<void> {
    const target = placeName(request.place)
    this.#hear('tunnel', target)
    if (await this.#passes(`open ${target}`)) await this.#forwards.open(request)
    else request.reject()
  }

  async listening(request: ListenRequest): Promise<void> {
    const what = request.isCancel ? 'cancel' : 'listen'
    const target = placeName(request.place)
    this.#hear(what, target)
    if (await this.#passes(`${what} ${target}`)) await this.#forwards.listen(request)
    else request.reject()
  }

  #hear(what: SshReceived['what'], text: string): void {
    this.#host.received({ what, text, user: this.#user })
  }

  #handlerOf({ kind, text }: RunRequest): ExecHandler | undefined {
    if (kind === 'subsystem') return this.#host.subsystem(text)
    return kind === 'shell' ? this.#host.shell : this.#host.exec
  }

  async #passes(step: string): Promise<boolean> {
    return (await this.#check(step)) === true
  }

  /** Whether the step may be done; a fault may delay it, refuse it, or end the connection. A stalled step never is. */
  #check(step: string): true | Promise<boolean | 'close'> {
    const action = this.#host.faults.at(step)
    return action === undefined ? true : this.#suffer(action)
  }

  async #suffer(action: SshFaultAction): Promise<boolean | 'close'> {
    if (typeof action === 'object') {
      if ('reply' in action) return action.reply === 'close' && action.reply
      await new Promise<void>((resolve) => {
        clock().after(action.delay, resolve)
      })
      return true
    }
    this.#strike(action)
    if (action === 'garbage') return true
    // A socket that is not read does not report its end.
    this.#socket.resume()
    // What waits for the step waits until the connection has ended.
    await closeOf(this.#socket)
    return false
  }

  #strike(action: Exclude<SshFaultAction, object>): void {
    const socket = this.#socket
    const road = this.#road
    if (action === 'goodbye' && road !== undefined) road.sayGoodbye(BY_APPLICATION, '')
    else if (action === 'drop' || action === 'goodbye') socket.destroy()
    else if (action === 'reset') socket.resetAndDestroy()
    else if (action === 'half-close') socket.end()
    else if (action === 'garbage') socket.write(Buffer.alloc(GARBAGE, 0xa5))
  }
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

function bytePlan({ after = 0, do: action }: SshFault): FaultPlan {
  if (action === 'goodbye') return { on: 'send', after, do: 'drop' }
  if (typeof action !== 'object') return { on: 'send', after, do: action }
  return { on: 'send', after, do: 'delay' in action ? action : 'drop' }
}

const NOTHING = { env: {}, cwd: undefined }
const GARBAGE = 1024
const PROTOCOL_ERROR = 2
const BY_APPLICATION = 11
