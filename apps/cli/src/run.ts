/*
 * One run of the command: from its arguments to its exit code. Knows no process, so that tests run it with streams of their own.
 */

import { netError } from '@net/core/authoring'
import { Command, CommanderError, Option } from 'commander'

import type { Call } from './call.ts'
import { commandTable, type CommandSpec } from './command-table.ts'
import { configPath, readConfig } from './config-file.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { Interruption, LEFT_IN_THE_MIDDLE } from './interruption.ts'
import type { Io } from './io.ts'
import { optionTable, type OptionName, type OptionSpec, type OptionValues } from './option-table.ts'
import { errorEvent, messageOf, tellError } from './output/error-page.ts'
import { harmless } from './output/harmless.ts'
import { Output } from './output/output.ts'
import { timeText } from './output/units.ts'
import { watched } from './watch.ts'
import { UsageError } from './usage-error.ts'

/** Runs the command that the arguments name; resolves to the exit code and never rejects. */
export async function runNet(args: readonly string[], io: Io, version: string): Promise<number> {
  const chosen: Chosen = {}
  const program = programOf(io, args, version)
  // The options of the one that is called; the help of all needs none of them.
  const called = args.find((arg) => !arg.startsWith('-') && arg !== 'help')
  // One that stands first is all that is looked at; the help and a mistyped name need every one.
  const direct = commandTable.filter(({ name }) => name === args[0])
  for (const spec of direct.length > 0 ? direct : commandTable) {
    const command = commandOf(spec, chosen, program)
    if (spec.name === called)
      for (const name of spec.options) command.addOption(commanderOption(name))
    program.addCommand(command)
  }
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    return tellMisuse(error, args, io)
  }
  if (chosen.spec === undefined) return helpCode(io)
  return runCommand(chosen.spec, { args: chosen.args ?? [], options: chosen.options ?? {} }, io)
}

/** What the arguments chose. */
interface Chosen {
  spec?: CommandSpec
  args?: readonly string[]
  options?: OptionValues
}

async function runCommand(
  spec: CommandSpec,
  given: { readonly args: readonly string[]; readonly options: OptionValues },
  io: Io,
): Promise<number> {
  let output = new Output(io, given.options)
  try {
    const options = withConfig(spec, given.options, { io, output })
    output = new Output(io, options)
    using limit = limitOf(options.maxTime)
    const signal = limit === undefined ? io.signal : AbortSignal.any([io.signal, limit.signal])
    const call: Call = { args: given.args, options, io, output, signal }
    const run = await spec.load()
    const code = await watched(call, () => run(call))
    await output.flush()
    return code
  } catch (error) {
    const reason: unknown = io.signal.aborted ? io.signal.reason : error
    const hasLeft = reason instanceof Interruption && reason.what === 'EPIPE'
    if (hasLeft && spec.isMoreThanOutput === true) return LEFT_IN_THE_MIDDLE
    return tellLast(reason, spec.name, output)
  }
}

/** Aborts when the run has taken too long. */
function limitOf(
  milliseconds: number | undefined,
): (Disposable & { readonly signal: AbortSignal }) | undefined {
  if (milliseconds === undefined) return undefined
  const ending = new AbortController()
  const timer = setTimeout(() => {
    const message = `the run has taken longer than ${timeText(milliseconds)} (--max-time)`
    ending.abort(netError('NET_TIMEOUT_TOTAL', { message, limit: milliseconds }))
  }, milliseconds)
  return { signal: ending.signal, [Symbol.dispose]: () => clearTimeout(timer) }
}

/** The error page itself may meet a closed stdout. */
async function tellLast(error: unknown, name: string, output: Output): Promise<number> {
  try {
    return await tellError(error, name, output)
  } catch (failure) {
    return tellError(failure, name, new Output({ ...output.io, stdout: output.io.stderr }, {}))
  }
}

/** What the config file says comes behind what the command line says. */
function withConfig(
  spec: CommandSpec,
  given: OptionValues,
  { io, output }: { readonly io: Io; readonly output: Output },
): OptionValues {
  const { values, warning } = readConfig(configPath(io.env))
  if (warning !== undefined) output.note(`net: ${warning}`)
  const own = Object.entries(values).filter(([name]) => spec.options.includes(name as OptionName))
  return { ...(Object.fromEntries(own) as OptionValues), ...given }
}

function programOf(io: Io, args: readonly string[], version: string): Command {
  const program = new Command('net')
    .description(
      'Fetch, copy, mirror, mail, run and serve: HTTP, FTP, SFTP, SMTP, SSH and sockets.',
    )
    .usage('<command> [options] [arguments]')
    .helpOption('-h, --help', 'shows this, or the options of a command')
    .version(version, '-V, --version', 'prints the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // With --json the error is an object on stdout.
      writeErr: (text) => void (args.includes('--json') || io.stderr.write(shownLines(text))),
      getOutHelpWidth: () => widthOf(io.stdout.columns),
      getErrHelpWidth: () => widthOf(io.stderr.columns),
    })
    .showSuggestionAfterError()
    .enablePositionalOptions()
  program.addHelpText('after', () => helpTail())
  return program
}

function commandOf(spec: CommandSpec, chosen: Chosen, program: Command): Command {
  const command = new Command(spec.name)
    .copyInheritedSettings(program)
    .summary(spec.summary)
    .description(spec.summary)
    .helpOption('-h, --help', 'shows this')
  if (spec.usage !== undefined) command.usage(spec.usage)
  for (const word of spec.args.split(' ')) command.argument(word)
  if (spec.passesOn === true) command.passThroughOptions()
  if (spec.notes !== undefined) command.addHelpText('after', `\n${spec.notes.join('\n')}`)
  command.action(() => {
    chosen.spec = spec
    chosen.args = command.args
    chosen.options = command.opts()
  })
  return command
}

function commanderOption(name: OptionName): Option {
  const { flags, help, read, repeats, choices }: OptionSpec<unknown> = optionTable[name]
  const option = new Option(flags, help)
  // The value has the name of the table, not that of the flag.
  option.attributeName = () => name
  if (read === undefined) return option
  return option.argParser((text: string, before: unknown) => {
    if (choices !== undefined && !choices.includes(text)) {
      throw new UsageError(`${text} is none of ${choices.join(', ')}`)
    }
    const value = read(text)
    return repeats === true ? [...((before ?? []) as unknown[]), ...(value as unknown[])] : value
  })
}

async function tellMisuse(error: unknown, args: readonly string[], io: Io): Promise<number> {
  const isJson = args.includes('--json')
  const output = new Output(io, { json: isJson })
  if (!(error instanceof CommanderError)) return tellLast(error, args[0] ?? '', output)
  if (error.exitCode === 0) return helpCode(io)
  if (isJson) {
    const message = error.message.replace(/^error: /, '')
    await output.event(errorEvent(new UsageError(message)))
  }
  return 2
}

/** The exit code of a help: its disk may be full, and a reader that has left is no failure. */
async function helpCode(io: Io): Promise<number> {
  const output = new Output(io, {})
  try {
    await output.bytes('')
  } catch (error) {
    const code = exitCodeOf(error)
    if (code !== 0) output.complain(`net: ${messageOf(error)}`)
    return code
  }
  return 0
}

function helpTail(): string {
  const codes = exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  return `
Passwords come from NET_PASSWORD (NET_SOURCE_PASSWORD and NET_TARGET_PASSWORD where there are two servers),
--password-file, netrc, an SSH agent, or a question at the terminal; never from the arguments.
Options that are always wanted stand in ~/.config/net/config, one a line: max-time = 60

Exit codes:
${codes.join('\n')}
`
}

function shownLines(text: string): string {
  return text.split('\n').map(harmless).join('\n')
}

function widthOf(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? 100 : Math.max(columns, 40)
}
