/* What is asked for on a session channel, in the format of the wire (RFC 4254, section 6). Pure; it must not know ssh2. */

import { fields, uint32 } from '../identity/wire.ts'
import type { ChannelRequest } from './ssh2-internals.ts'

/** How large a terminal is, in characters. */
export interface WindowSize {
  readonly columns: number
  readonly rows: number
}

/** The terminal that a command is to have. */
export interface TerminalPlan extends WindowSize {
  readonly term: string
  /** Whether the terminal repeats what is typed. */
  readonly echo: boolean
}

/** What is to run. */
export type RunPlan =
  | { readonly kind: 'exec'; readonly text: string }
  | { readonly kind: 'shell' }
  | { readonly kind: 'subsystem'; readonly name: string }

/** A terminal for what will run. */
export function terminalRequest({ term, columns, rows, echo }: TerminalPlan): ChannelRequest {
  const modes = Buffer.concat([Buffer.of(ECHO), uint32(echo ? 1 : 0), Buffer.of(END)])
  const size = [uint32(columns), uint32(rows), uint32(0), uint32(0)]
  return { type: 'pty-req', data: Buffer.concat([fields(term), ...size, fields(modes)]) }
}

/** A new size of the terminal. */
export function resizeRequest({ columns, rows }: WindowSize): ChannelRequest {
  const data = Buffer.concat([uint32(columns), uint32(rows), uint32(0), uint32(0)])
  return { type: 'window-change', data }
}

/** A variable for what will run. */
export function variableRequest({ name, value }: Record<'name' | 'value', string>): ChannelRequest {
  return { type: 'env', data: fields(name, value) }
}

/** A signal, named without `SIG`. */
export function signalRequest(name: string): ChannelRequest {
  return { type: 'signal', data: fields(name) }
}

/** A break of so many milliseconds, as on a serial line (RFC 4335). */
export function breakRequest(length: number): ChannelRequest {
  return { type: 'break', data: uint32(length) }
}

/** The start. */
export function runRequest(run: RunPlan): ChannelRequest {
  if (run.kind === 'exec') return { type: 'exec', data: fields(run.text) }
  if (run.kind === 'subsystem') return { type: 'subsystem', data: fields(run.name) }
  return { type: 'shell', data: new Uint8Array(0) }
}

// RFC 4254, section 8.
const ECHO = 53
const END = 0
