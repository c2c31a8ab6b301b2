/* One connection of the embedded server: who may log in, what commands and tunnels do, and where a fault strikes. */

import type { Socket } from 'node:net'

import { parseEndpoint } from '@net/core'
import { clock } from '@net/core/authoring'
import { fromSocket, overTransport, pipe, tcpDialer, toSocket, type Connection } from '@net/socket'
import { withFaults, type FaultPlan } from '@net/socket/testing'

import {
  serveSsh,
  type ExecRequest,
  type ServedCommand,
  type ServerDesk,
  type ServerRoad,
  type TunnelRequest,
} from '../engine/ssh2-server.ts'
import type { LoginAttempt, LoginDecision, LoginTalk } from '../engine/ssh2-server-login.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import { readCommandLine, type ExecExit, type ExecHandler, type ExecIo } from './exec-handlers.ts'
import type { SshFault, SshFaultAction, SshFaults } from './faults.ts'
import { LoginDesk, type SshUser } from './login-desk.ts'
import type { ServerQuirks } from './server-quirks.ts'

/** Something that the server got. */
export interface SshReceived {
  readonly what: 'auth' | 'exec' | 'signal' | 'tunnel' | 'rekey'
  /** The method and user, the command, the name of the signal, `host:port`; empty for new keys. */
  readonly text: string
  readonly user: string
  /** The variables of an exec. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** What the server lends to its connections. */
export interface ConnectionHost {
  readonly hostKeys: readonly string[]
  readonly hostCertificate: Uint8Array | undefined
  readonly nextHostKeys: readonly PrivateKey[]
  readonly users: Readonly<Record<string, SshUser>>
  readonly exec: ExecHandler
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
  /** The far ends of tunnels. */
  readonly #tunnels = new Set<Connection>()
  #user = ''
  #isIn = false
  #tries = 0
  #road: ServerRoad | undefined

  constructor(connection: Connection, host: ConnectionHost) {
    this.#host = host
    this.#logins = new LoginDesk(host.users)
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
    else await closeOf(this.#socket)
    grace?.clear()
    // One that takes nothing would stay.
    for (const far of this.#tunnels) far.abort()
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
    return this.#check('open session')
  }

  async exec(request: ExecRequest): Promise<void> {
    const line = readCommandLine(request.command)
    const env = { ...request.env, ...line.env }
    const { command, cwd } = line
    const user = this.#user
    this.#host.received({ what: 'exec', text: command, user, env })
    const passes = this.#check(`exec ${command}`)
    // Without a fault not a moment may pass: what follows in the same packet is for the command.
    const decision = passes === true || (await passes)
    if (decision !== true) {
      if (decision === 'close') request.close()
      else request.reject()
      return
    }
    const stopped = new AbortController()
    const served = request.accept((name) => {
      this.#host.received({ what: 'signal', text: name, user })
      stopped.abort(name)
    })
    if (served === undefined) return
    void served.closed.then(() => stopped.abort())
    const output = (name: 'stdout' | 'stderr') => ({
      write: async (data: string | Uint8Array) => {
        await served.write(name, Buffer.from(data))
      },
    })
    const io = {
      command,
      user,
      env,
      cwd,
      stdin: served.stdin,
      stdout: output('stdout'),
      stderr: output('stderr'),
      signal: stopped.signal,
    }
    await this.#leave(command, served, await ending(() => this.#host.exec(command, io), io))
  }

  async tunnel(request: TunnelRequest): Promise<void> {
    const target = `${request.host}:${request.port}`
    this.#host.received({ what: 'tunnel', text: target, user: this.#user })
    const route = this.#host.route(target)
    if (route === undefined || !(await this.#passes(`open ${target}`))) {
      request.reject()
      return
    }
    const far = await reached(route)
    const near = far === undefined ? request.reject() : request.accept()
    if (far === undefined || near === undefined) return far?.abort()
    this.#tunnels.add(far)
    // Each side ends the other; what either of them fails with is the client's to see.
    await pipe(overTransport(fromSocket(near), PATIENT), far).catch(() => {})
    this.#tunnels.delete(far)
    return undefined
  }

  async #leave(command: string, served: ServedCommand, exit: ExecExit): Promise<void> {
    if (await this.#passes(`exit ${command}`)) {
      if (typeof exit === 'object') served.exitSignal(exit.signal)
      else served.exit(exit ?? 0)
    }
    served.close()
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
    if (action === 'goodbye') this.#road?.sayGoodbye(BY_APPLICATION, '')
    else if (action === 'drop') socket.destroy()
    else if (action === 'reset') socket.resetAndDestroy()
    else if (action === 'half-close') socket.end()
    else if (action === 'garbage') socket.write(Buffer.alloc(GARBAGE, 0xa5))
  }
}

async function ending(run: () => ExecExit | Promise<ExecExit>, io: ExecIo): Promise<ExecExit> {
  try {
    return await run()
  } catch (error) {
    const { signal, stderr } = io
    // A handler that gives up because of a signal was ended by it.
    if (signal.aborted && typeof signal.reason === 'string') return { signal: signal.reason }
    if (signal.aborted) return FAILED
    // Any other is a program that has crashed, and says why.
    await stderr.write(`${String(error)}\n`)
    return FAILED
  }
}

/** A connection to where a tunnel leads; undefined if there is none. */
async function reached(route: string): Promise<Connection | undefined> {
  try {
    const { endpoint } = parseEndpoint(route, { schemes: ['tcp'] })
    return overTransport(await tcpDialer().dial(endpoint), PATIENT)
  } catch {
    return undefined
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

const GARBAGE = 1024
// A client may leave what a tunnel brings untouched for as long as it likes.
const PATIENT = { defaults: { timeout: { write: Infinity } } } as const
const PROTOCOL_ERROR = 2
const BY_APPLICATION = 11
const FAILED = 255
