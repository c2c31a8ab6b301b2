/*
 * The shell of the embedded server where a test gives none: a prompt, lines that are commands of its table, and `exit`. With
 * a terminal it repeats what is typed, as terminals do, unless the client has switched ECHO off.
 */

import type { ExecExit, ExecHandler, ExecIo, ExecOutput } from './exec-handlers.ts'

/** A shell whose commands are those of `exec`. */
export function lineShell(exec: ExecHandler): ExecHandler {
  return (_, io) => new LineShell(exec, io).run()
}

class LineShell {
  readonly #exec: ExecHandler
  readonly #io: ExecIo
  readonly #stdout: ExecOutput
  readonly #stderr: ExecOutput
  readonly #echoes: boolean

  constructor(exec: ExecHandler, io: ExecIo) {
    this.#exec = exec
    this.#io = io
    const { terminal } = io
    this.#echoes = terminal !== undefined && terminal.modes.get(ECHO) !== 0
    this.#stdout = terminal === undefined ? io.stdout : asTerminal(io.stdout)
    // A terminal is one output.
    this.#stderr = terminal === undefined ? io.stderr : this.#stdout
  }

  async run(): Promise<ExecExit> {
    let last: ExecExit = 0
    await this.#prompt()
    for await (const line of this.#lines()) {
      const [word, status] = line.trim().split(/\s+/)
      if (word === 'exit') return status === undefined ? last : Number(status)
      if (word !== '') last = await this.#exec(line.trim(), this.#ioOf(line.trim()))
      await this.#prompt()
    }
    return last
  }

  async #prompt(): Promise<void> {
    if (this.#io.terminal !== undefined) await this.#stdout.write('$ ')
  }

  async *#lines(): AsyncGenerator<string, void> {
    let begun = ''
    for await (const chunk of this.#io.stdin) {
      const text = Buffer.from(chunk).toString('utf8').replaceAll('\r', '\n')
      if (this.#echoes) await this.#stdout.write(text)
      const lines = (begun + text).split('\n')
      begun = lines.pop() ?? ''
      yield* lines
    }
    if (begun !== '') yield begun
  }

  #ioOf(command: string): ExecIo {
    return {
      ...this.#io,
      command,
      stdin: (async function* nothing() {})(),
      stdout: this.#stdout,
      stderr: this.#stderr,
    }
  }
}

/** As a terminal sends it: each line end with a carriage return. */
function asTerminal(output: ExecOutput): ExecOutput {
  return {
    write(data) {
      const text = Buffer.from(data as Uint8Array).toString('latin1')
      return output.write(Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1'))
    },
  }
}

const ECHO = 53
