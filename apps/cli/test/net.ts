// Runs the command in this process, with streams of the test's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'

import { Interruption, type InterruptingSignal } from '../src/interruption.ts'
import type { Io, Screen, Terminal } from '../src/io.ts'
import { runNet } from '../src/run.ts'

/** What a run has around it. */
export interface NetOptions {
  readonly stdin?: string | Readable
  readonly env?: Readonly<Record<string, string>>
  /** Whether stdout and stderr are terminals, and how wide. */
  readonly columns?: number
  /** What a person types when asked. */
  readonly keys?: string
  readonly stdout?: Screen
}

/** How a run ended. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The lines of stdout as JSON. */
  readonly events: readonly Record<string, unknown>[]
  /** What was written to the terminal itself. */
  readonly asked: string
}

/** A run that goes on. */
export interface Running {
  readonly ended: Promise<Ended>
  /** By a signal, or by a reader of the output that leaves. */
  interrupt(signal?: InterruptingSignal | 'EPIPE'): void
  /** Resolves with what stdout has as soon as that fits. */
  printed(wanted: RegExp): Promise<RegExpExecArray>
}

/** Runs to the end. */
export function net(args: readonly string[], options?: NetOptions): Promise<Ended> {
  return startNet(args, options).ended
}

/** Starts a run. */
export function startNet(args: readonly string[], options: NetOptions = {}): Running {
  const out = recorder(options.columns)
  const err = recorder(options.columns)
  const terminal = options.keys === undefined ? undefined : typing(options.keys)
  const ending = new AbortController()
  const { stdin = '' } = options
  const io: Io = {
    stdin:
      typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]) : stdin,
    stdout: options.stdout ?? out.stream,
    stderr: err.stream,
    env: { NETRC: emptyNetrc(), NET_CONFIG: '/nowhere', ...options.env },
    openTerminal: () => terminal?.open(),
    signal: ending.signal,
  }
  const run = async (): Promise<Ended> => {
    const code = await runNet(args, io, '1.2.3')
    return {
      code,
      out: out.text(),
      err: err.text(),
      asked: terminal?.shown() ?? '',
      get events() {
        const lines = out.text().split('\n')
        return lines
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      },
    }
  }
  const ended = run()
  return {
    ended,
    interrupt: (signal = 'SIGINT') => ending.abort(new Interruption(signal)),
    printed: (wanted) =>
      Promise.race([
        out.waitFor(wanted),
        ended.then(({ code, err }) => {
          throw new Error(`ended with ${code} before that: ${err}`)
        }),
      ]),
  }
}

/** A folder that goes away with the test. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'net-cli-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

let netrc: string | undefined

/** That of the person who runs the tests is none of their business. */
export function emptyNetrc(): string {
  if (netrc === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'net-cli-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    netrc = join(folder, 'netrc')
    writeFileSync(netrc, '', { mode: 0o600 })
  }
  return netrc
}

interface Recorder {
  readonly stream: Screen
  text(): string
  waitFor(wanted: RegExp): Promise<RegExpExecArray>
}

function recorder(columns: number | undefined): Recorder {
  const chunks: Uint8Array[] = []
  const waiting = new Set<() => void>()
  const stream: Screen = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk)
      for (const check of waiting) check()
      done()
    },
  })
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns, rows: 24 })
  const text = (): string => Buffer.concat(chunks).toString('utf8')
  const waitFor = (wanted: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      const check = (): void => {
        const found = wanted.exec(text())
        if (found === null) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  return { stream, text, waitFor }
}

/** A person who types the keys once asked, a line for each question. */
function typing(keys: string): { open(): Terminal; shown(): string } {
  const lines = keys.split(/(?<=\r)/)
  let shown = ''
  return {
    shown: () => shown,
    open() {
      const input = new PassThrough()
      return {
        input,
        write(text) {
          shown += text
        },
        setRaw(raw) {
          if (raw) input.write(lines.shift() ?? '')
        },
        close: () => input.destroy(),
      }
    },
  }
}
