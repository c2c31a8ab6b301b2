/*
 * One control connection of the server: reads command lines, lets the session say what to do, and does it, with the
 * faults that a test asked for.
 */

import { pause } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import { ControlSession } from './control-session.ts'
import {
  ActiveConnector,
  PassiveListener,
  receiveData,
  sendData,
  type DataMeeting,
  type DataOutcome,
} from './data-channel.ts'
import type { FtpFault, FtpFaultAction } from './faults.ts'
import { paced } from './paced-transport.ts'
import type { Reaction } from './reaction.ts'
import { isResumed } from './server-tls.ts'
import type { ServerState } from './server-state.ts'

/** One client. */
export class ControlConnection {
  readonly #state: ServerState
  readonly #session: ControlSession
  #transport: Transport
  /** Where the next data connection comes from. */
  #meeting: DataMeeting | undefined
  /** Where a transfer that has begun waits for its data connection. */
  #waiting: DataMeeting | undefined
  #data: Transport | undefined
  #transfer: Promise<void> | undefined
  #aborted = false
  #over = false
  /** The client has ended, and hears nothing any more. */
  #left = false
  #rest: Buffer = Buffer.alloc(0)

  constructor(state: ServerState, transport: Transport) {
    this.#state = state
    this.#transport = transport
    this.#session = new ControlSession(state.config, state.implicit)
    state.open.add(transport)
  }

  /** Serves the client to the end; never rejects. */
  async run(): Promise<void> {
    const accepted = this.#transport
    try {
      const isTooMany = ++this.#state.served > this.#state.maxConnections
      if (this.#state.implicit && !(await this.#secure())) return
      if (isTooMany) {
        return await this.#say('421 Too many connections, try again later.')
      }
      await this.#greet()
      await this.#serve()
    } catch {
      // The client is gone, so there is no reply to send.
    } finally {
      this.#state.served -= 1
      await this.#meeting?.close()
      await this.#giveUp()
      // Of one that was reset along with its end Node never says that ours has been sent.
      if (this.#left) this.#transport.abort()
      else await this.#transport.close()
      this.#state.open.delete(accepted)
    }
  }

  async #greet(): Promise<void> {
    const fault = this.#state.faults.at('GREETING')
    if (fault !== undefined && (await this.#strike(fault.do))) return
    await this.#say(this.#state.greeting)
  }

  async #serve(): Promise<void> {
    while (!this.#over) {
      const line = await this.#line()
      if (line === undefined) {
        this.#left = true
        return
      }
      this.#state.received.push(line)
      if (/^ABOR\b/i.test(line)) await this.#abort()
      else {
        await this.#transfer
        await this.#handle(line)
      }
    }
  }

  async #handle(line: string): Promise<void> {
    const fault = this.#state.faults.at(line)
    const struckFirst = fault !== undefined && fault.after === undefined
    if (struckFirst && (await this.#strike(fault.do))) return
    const step = this.#session.handle(line)
    await this.#do(step, struckFirst ? undefined : fault)
  }

  /** Does a fault in the place of a reply; false if the reply comes all the same. */
  async #strike(what: FtpFaultAction): Promise<boolean> {
    const { closed } = this.#transport
    if (typeof what === 'object' && 'delay' in what) {
      await pause(what.delay)
      return false
    }
    if (typeof what === 'object' && 'send' in what) {
      const bytes = Buffer.from(what.send)
      const { reply = '226 Transfer complete.' } = what
      this.#begin(
        (data) => sendData(data, bytes, undefined),
        () => reply,
      )
      return true
    }
    if (typeof what === 'object') {
      await this.#say(what.reply)
      return true
    }
    if (what === 'garbage') await this.#transport.write([GARBAGE])
    else if (what === 'stall') await closed
    else if (what === 'reset') this.#transport.abort()
    else if (what === 'half-close') await this.#transport.end()
    else await this.#transport.close()
    this.#over = what !== 'garbage' && what !== 'half-close'
    return true
  }

  async #do(step: Reaction, fault: FtpFault | undefined): Promise<void> {
    switch (step.kind) {
      case 'reply':
        await this.#say(step.text)
        if (step.close === true) this.#over = true
        return
      case 'tls':
        await this.#say(step.text)
        this.#over = !(await this.#secure())
        return
      case 'passive':
        return this.#listen(step.extended)
      case 'active':
        return this.#connectTo(step)
      case 'send':
        this.#begin(
          (data) => sendData(paced(data, this.#state.rate), step.bytes, fault),
          () => '226 Transfer complete.',
        )
        return
      case 'receive':
        this.#begin(
          (data) => receiveData(paced(data, this.#state.rate), fault),
          step.store,
          step.began,
        )
        return
      case 'abort':
        return
    }
  }

  async #secure(): Promise<boolean> {
    const fault = this.#state.faults.at('TLS')
    if (fault !== undefined && (await this.#strike(fault.do))) return false
    const { tls } = this.#state
    if (tls === undefined) return false
    this.#transport = await tls.secure(this.#transport)
    this.#session.secured()
    return true
  }

  async #listen(extended: boolean): Promise<void> {
    const { dialer, host } = this.#state.road
    await this.#meeting?.close()
    const listener = await PassiveListener.open(dialer, host)
    this.#meeting = listener
    const { port } = listener
    const numbers = [...host.split('.'), port >> 8, port & 255].join(',')
    await this.#say(
      extended
        ? `229 Entering extended passive mode (|||${port}|).`
        : `227 Entering passive mode (${numbers}).`,
    )
  }

  async #connectTo({ host, port, text }: Reaction & { kind: 'active' }): Promise<void> {
    await this.#meeting?.close()
    this.#meeting = undefined
    const { dialer, host: from } = this.#state.road
    const { remote } = this.#transport.info
    // Otherwise anybody could let this server knock at any door.
    if (remote?.scheme === 'tcp' && remote.host.replace(/^::ffff:/, '') !== host) {
      return this.#say('500 Only to the host that asks.')
    }
    this.#meeting = new ActiveConnector(dialer, { host, port, from })
    await this.#say(text)
  }

  #begin(
    move: (data: Transport) => Promise<DataOutcome>,
    done: (bytes: Uint8Array) => string,
    began = '150 Here it comes.',
  ): void {
    this.#aborted = false
    this.#transfer = this.#transferOver(move, done, began).then(
      () => {
        this.#transfer = undefined
      },
      () => {
        this.#over = true
      },
    )
  }

  async #transferOver(
    move: (data: Transport) => Promise<DataOutcome>,
    done: (bytes: Uint8Array) => string,
    began: string,
  ): Promise<void> {
    const meeting = this.#meeting
    this.#meeting = undefined
    if (meeting === undefined) return this.#say('425 Say EPSV or PASV first.')
    this.#waiting = meeting
    // Only the client would come.
    void this.#transport.closed?.then(() => meeting.close())
    await this.#say(began)
    const raw = await meeting.accept()
    this.#waiting = undefined
    if (raw === undefined) return this.#say('425 No data connection came.')
    this.#state.open.add(raw)
    try {
      const data = await this.#protected(raw)
      if (data === undefined) return await this.#say('522 The TLS session must be resumed.')
      const { bytes, whole, struck } = await move(data)
      await this.#end(struck, whole || struck !== undefined, () => done(bytes))
    } finally {
      raw.abort()
      this.#data?.abort()
      this.#data = undefined
      this.#state.open.delete(raw)
    }
  }

  async #protected(raw: Transport): Promise<Transport | undefined> {
    const { tls, requireSessionReuse } = this.#state
    this.#data = raw
    if (!this.#session.protectsData || tls === undefined) return raw
    const data = await tls.secure(raw)
    this.#data = data
    if (isResumed(data)) this.#state.resumed += 1
    else if (requireSessionReuse) return undefined
    return data
  }

  async #end(
    struck: FtpFaultAction | undefined,
    whole: boolean,
    done: () => string,
  ): Promise<void> {
    if (struck === 'drop') {
      this.#over = true
      return this.#transport.close()
    }
    if (typeof struck === 'object' && 'reply' in struck && struck.reply !== undefined) {
      return this.#say(struck.reply)
    }
    if (struck === 'reset' || this.#aborted || !whole) return this.#say(this.#state.cutReply)
    return this.#say(done())
  }

  async #abort(): Promise<void> {
    this.#aborted = true
    await this.#giveUp()
    await this.#say('226 Nothing is going on.')
  }

  /** Ends the transfer that is running or waits. */
  async #giveUp(): Promise<void> {
    await this.#waiting?.close()
    this.#data?.abort()
    await this.#transfer
  }

  /** The next command line; undefined once the client has ended. */
  async #line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(LF)
      if (end >= 0) {
        const line = this.#rest.toString(
          this.#state.config.encoding,
          0,
          this.#rest[end - 1] === CR ? end - 1 : end,
        )
        this.#rest = this.#rest.subarray(end + 1)
        // An ABOR comes with the signals of Telnet in front of it.
        return line.replace(/^[^\x20-\x7e]+/, '')
      }
      if (this.#rest.length > LONGEST) {
        await this.#say('500 The line is too long.')
        return undefined
      }
      const chunk = await this.#transport.read()
      if (chunk === null) return undefined
      this.#rest = Buffer.concat([this.#rest, chunk])
    }
  }

  async #say(text: string): Promise<void> {
    await this.#transport.write([Buffer.from(`${text}\r\n`, this.#state.config.encoding)])
  }
}

const LF = 0x0a
const CR = 0x0d
const LONGEST = 8192
const GARBAGE: Uint8Array = Buffer.from([0x81, 0xfe, 0x00, 0x0d, 0x0a, 0x16, 0x9b, 0x0d, 0x0a])
