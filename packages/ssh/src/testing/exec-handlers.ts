/* What a command of the embedded server prints and how it ends: from a table, or from a function. No I/O of its own. */

import { option, optionsObject, type Shape } from '@net/core/authoring'

import type { ServedTerminal } from './served-terminal.ts'

/** What a handler works with. */
export interface ExecIo {
  /** The command, or the name of the subsystem; empty for a shell. */
  readonly command: string
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  /** The folder that the client asked for. */
  readonly cwd: string | undefined
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: ExecOutput
  readonly stderr: ExecOutput
  /** The terminal that the client asked for; undefined for none. */
  readonly terminal: ServedTerminal | undefined
  /** Aborts when the client sends a signal that ends programs, or is gone. */
  readonly signal: AbortSignal
}

/** Where a handler prints. */
export interface ExecOutput {
  /** Resolves when the client has taken it, or is gone. */
  write(data: string | Uint8Array): Promise<void>
}

/** The exit status of a command, or the signal that ended it, without `SIG`; nothing means 0. */
export type ExecExit = number | { readonly signal: string } | void

/** Runs a command. */
export type ExecHandler = (command: string, io: ExecIo) => ExecExit | Promise<ExecExit>

/** What a command does: prints a text, prints and ends, or runs a function. */
export type ExecAnswer = string | ExecResult | ExecHandler

interface ExecResult {
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
  readonly exit?: ExecExit | undefined
}

/** What one command of a table may be. */
export const execAnswer: Shape<ExecAnswer> = option.either<ExecAnswer>(
  [
    option.text,
    option.callback<ExecHandler>(),
    optionsObject<ExecResult>(
      {
        stdout: option.text,
        stderr: option.text,
        exit: option.either<number | { readonly signal: string }>([
          option.size,
          optionsObject({ signal: option.text }),
        ]),
      },
      { exitCode: 'exit', code: 'exit', status: 'exit', exitSignal: 'exit: { signal }' },
    ),
  ],
  'a text to print, { stdout, stderr, exit } or a function',
)

/** Commands by their text, or by their first word; `*` stands for all others. */
export type ExecTable = Readonly<Record<string, ExecAnswer>>

/** The handler for all commands. An unknown command ends with 127, as a shell's does. */
export function execHandler(exec: ExecTable | ExecHandler | undefined): ExecHandler {
  if (typeof exec === 'function') return exec
  const table = new Map(Object.entries(exec ?? {}))
  return (command, io) => {
    const word = command.trim().split(/\s+/, 1)[0] ?? ''
    const answer = table.get(command) ?? table.get(word) ?? table.get('*')
    return answer === undefined ? unknown(word, io) : run(answer, io)
  }
}

/** Takes off what the client puts in front of a command: the folder to go to, and variables to set. */
export function readCommandLine(line: string): {
  readonly command: string
  readonly cwd: string | undefined
  readonly env: Readonly<Record<string, string>>
} {
  const [, folder, exports, command] = PREFIXED.exec(line) ?? []
  if (command === undefined || (folder === undefined && exports === undefined)) {
    return { command: line, cwd: undefined, env: {} }
  }
  const env: Record<string, string> = {}
  for (const [, name = '', value = ''] of (exports ?? '').matchAll(PAIR))
    env[name] = unquoted(value)
  const [, text] = EVAL.exec(command) ?? []
  return {
    command: text === undefined ? command : unquoted(text),
    cwd: folder === undefined ? undefined : unquoted(folder).replace(/^\.\//, ''),
    env,
  }
}

/** The handlers of subsystems by their names; others are refused. */
export function subsystemHandler(
  subsystems: Readonly<Record<string, ExecAnswer>>,
): (name: string) => ExecHandler | undefined {
  const table = new Map(Object.entries(subsystems))
  return (name) => {
    const answer = table.get(name)
    return answer === undefined ? undefined : (_, io) => run(answer, io)
  }
}

async function run(answer: ExecAnswer, io: ExecIo): Promise<ExecExit> {
  if (typeof answer === 'function') return answer(io.command, io)
  if (typeof answer === 'string') return run({ stdout: answer }, io)
  const { stdout = '', stderr = '', exit } = answer
  await io.stdout.write(stdout)
  await io.stderr.write(stderr)
  return exit
}

async function unknown(word: string, io: ExecIo): Promise<ExecExit> {
  await io.stderr.write(`sh: ${word}: not found\n`)
  return NOT_FOUND
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|\\(.)/g,
    (_, inside?: string, alone?: string) => inside ?? alone ?? '',
  )
}

const NOT_FOUND = 127
// A word as `quote` writes it.
const WORD = String.raw`(?:'[^']*'|\\.|[^\s'\\])*`
const ONE_PAIR = String.raw`[A-Za-z_]\w*=${WORD}`
const PAIRS = `${ONE_PAIR}(?: ${ONE_PAIR})*`
const PREFIXED = new RegExp(
  String.raw`^(?:test -z "\$shell" \|\| [^\n]*\n)?(?:cd (${WORD}) && )?(?:export (${PAIRS}) && )?([\s\S]*)$`,
)
const PAIR = new RegExp(String.raw`([A-Za-z_]\w*)=(${WORD})`, 'g')
const EVAL = new RegExp(`^eval (${WORD})$`)
