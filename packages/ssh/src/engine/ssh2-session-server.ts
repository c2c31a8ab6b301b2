/*
 * One session of the server half: what is set before something runs in it, in the order in which the client asks, and the
 * one thing that runs.
 */

import type { ServerQuirks } from '../testing/server-quirks.ts'
import { LiveTerminal, modesOf, type ServedTerminal } from '../testing/served-terminal.ts'
import { EngineServedCommand, type ServedCommand } from './ssh2-command-server.ts'
import type {
  EngineChannel,
  EngineIncoming,
  EngineProtocol,
  EngineSession,
  EngineTerminal,
} from './ssh2-types.ts'

/** What decides about a step: at once, or later. `close` closes the channel in place of an answer. */
export type StepDecision = true | Promise<boolean | 'close'>

/** What may run in a session. */
export type RunKind = 'exec' | 'shell' | 'subsystem'

/** What a server does for a session. */
export interface SessionDesk {
  readonly quirks: ServerQuirks
  /** A variable is to be set. */
  variable(name: string, value: string): StepDecision
  /** The output is to be a terminal. */
  terminal(terminal: ServedTerminal): StepDecision
  /** The terminal has another size. */
  resized(terminal: ServedTerminal): void
  run(request: RunRequest): Promise<void>
}

/** Something is to be run. */
export interface RunRequest {
  readonly kind: RunKind
  /** The command, or the name of the subsystem; empty for a shell. */
  readonly text: string
  readonly env: Readonly<Record<string, string>>
  readonly terminal: ServedTerminal | undefined
  reject(): void
  /** Closes the channel in place of an answer. */
  close(): void
  /** Undefined if the client has gone meanwhile. */
  accept(heard: (signal: string) => void): ServedCommand | undefined
}

/** What the connection of a session does for it. */
export interface SessionRoad {
  readonly client: EngineIncoming
  readonly desk: SessionDesk
  /** The request that is being heard, as it came. */
  request(): Uint8Array
  /** Ends the command with the connection, until it is closed. */
  hold(command: EngineServedCommand): void
}

/** A session that is open. */
export class ServedSession {
  readonly #road: SessionRoad
  readonly #session: EngineSession
  readonly #env: Record<string, string> = {}
  #terminal: LiveTerminal | undefined
  #signalled: (name: string) => void = () => {}
  #closed = false
  /** Whether our side of the channel is closed. */
  #isAnswered = false
  /** The steps that are under way. */
  #before: Promise<void> | undefined

  constructor(session: EngineSession, road: SessionRoad) {
    this.#session = session
    this.#road = road
    session.once('close', () => {
      this.#closed = true
      // ssh2 answers the end of a session only if a command runs in it.
      if (session._channel === undefined) this.close()
    })
    session.on('env', (take: Answer, refuse: Answer, pair: { key: string; val: string }) => {
      const { key, val } = pair
      const set = (): void => {
        this.#env[key] = val
        take?.()
      }
      const isTaken = road.desk.quirks.env !== false
      this.#step(set, refuse, () => isTaken && road.desk.variable(key, val))
    })
    session.on('pty', (take: Answer, refuse: Answer, wanted: EngineTerminal) => {
      const modes = modesOf(road.request())
      this.#step(take, refuse, () => this.#open(wanted, modes))
    })
    session.on('exec', (take: Begin, refuse: () => void, { command }: { command: string }) =>
      this.#run({ kind: 'exec', text: command, take, refuse }),
    )
    session.on('shell', (take: Begin, refuse: () => void) =>
      this.#run({ kind: 'shell', text: '', take, refuse }),
    )
    session.on('subsystem', (take: Begin, refuse: () => void, { name }: { name: string }) =>
      this.#run({ kind: 'subsystem', text: name, take, refuse }),
    )
  }

  /** Closes its channel, once. */
  close(): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    this.#road.client._protocol.channelClose(this.#session._chanInfo.outgoing.id)
  }

  signal(name: string): void {
    this.#signalled(name)
  }

  resize({ cols: columns, rows }: EngineTerminal): void {
    if (this.#terminal === undefined) return
    this.#terminal.resize({ columns, rows })
    this.#road.desk.resized(this.#terminal)
  }

  #open(
    { term, cols: columns, rows }: EngineTerminal,
    modes: ReadonlyMap<number, number>,
  ): StepDecision {
    this.#terminal = new LiveTerminal(term, { columns, rows }, modes)
    return this.#road.desk.terminal(this.#terminal)
  }

  #step(take: Answer, refuse: Answer, decide: () => StepDecision | false): void {
    this.#inTurn(() => {
      const decision = decide()
      if (typeof decision === 'boolean') return this.#decided(decision, take, refuse)
      return decision.then((late) => this.#decided(late, take, refuse))
    })
  }

  #decided(decision: boolean | 'close', take: Answer, refuse: Answer): void {
    if (decision === 'close') this.close()
    else this.#answer(() => (decision ? take?.() : refuse?.()))
  }

  #run({ kind, text, take, refuse }: RunCall): void {
    this.#inTurn(() =>
      this.#road.desk.run({
        kind,
        text,
        env: this.#env,
        terminal: this.#terminal,
        reject: () => {
          if (!this.#closed) this.#answer(refuse)
        },
        close: () => this.close(),
        accept: (heard) => this.#serve(take, heard),
      }),
    )
  }

  /** Without a wait for others not a moment may pass: what follows in the same packet is for the command. */
  #inTurn(step: () => void | Promise<void>): void {
    const done = this.#before === undefined ? step() : this.#before.then(step)
    if (done === undefined) return
    const before = done.finally(() => {
      if (this.#before === before) this.#before = undefined
    })
    this.#before = before
  }

  /** ssh2 answers nothing any more once the input has ended, which clients may do before they have the answer. */
  #answer<T>(answer: () => T): T {
    this.#session._ending = false
    return answer()
  }

  /** Takes what is to run; where the server is to answer in another way, ssh2's own answer is left out. */
  #begin(take: Begin): EngineChannel {
    const protocol = this.#road.client._protocol
    const { answer } = this.#road.desk.quirks
    const success = protocol.channelSuccess.bind(protocol)
    if (answer !== undefined) protocol.channelSuccess = () => {}
    const channel = this.#answer(take)
    protocol.channelSuccess = success
    if (answer === 'late' || answer === 'refused') {
      const { id } = channel.outgoing
      const write = channel.write.bind(channel) as (...all: unknown[]) => boolean
      channel.write = (...all: unknown[]) => {
        channel.write = write
        const isFlowing = write(...all)
        if (answer === 'late') success(id)
        else protocol.channelFailure(id)
        return isFlowing
      }
    }
    return channel
  }

  #serve(take: Begin, heard: (signal: string) => void): ServedCommand | undefined {
    const inputEnded = this.#session._ending
    if (this.#closed) return undefined
    const channel = this.#begin(take).on('error', () => {})
    if (inputEnded) channel.push(null)
    this.#signalled = heard
    const served = new EngineServedCommand(channel)
    // ssh2 itself reports the end of a channel only after its input was read.
    this.#session.once('close', () => served.gone())
    this.#road.hold(served)
    breakRules(this.#road.client._protocol, channel, this.#road.desk.quirks)
    return served
  }
}

type Answer = (() => void) | undefined
type Begin = () => EngineChannel

interface RunCall {
  readonly kind: RunKind
  readonly text: string
  readonly take: Begin
  readonly refuse: () => void
}

function breakRules(
  protocol: EngineProtocol,
  channel: EngineChannel,
  { breaks }: ServerQuirks,
): void {
  const { id } = channel.outgoing
  const some = Buffer.from('more than there may be')
  if (breaks === 'channel') protocol.channelData(id + 1000, some)
  if (breaks === 'window') channel.outgoing.window = Infinity
  if (breaks === 'close') channel.close = () => {}
  if (breaks === 'end') {
    protocol.channelEOF(id)
    protocol.channelData(id, some)
  }
}
