/* `net exec`: runs a command on a host, and ends with its exit code. */

import { StringDecoder } from 'node:string_decoder'

import type { SshProcess } from '@net/ssh'

import type { Call, CommandRun } from '../call.ts'
import type { Screen } from '../io.ts'
import { ShownText } from '../output/shown-text.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Its output is ours: on a terminal as harmless text, unless `--raw` or `--tty` is given, else as it comes. Standard input is
 * passed on with `--stdin` alone.
 */
export const exec: CommandRun = async (call) => {
  const [host = '', ...command] = call.args
  const { options, output, io, signal } = call
  await using session = new Session(call)
  const client = await session.ssh(host)
  // One word may be a whole command line for the shell there; several are quoted.
  const [line = '', ...more] = command
  await using child = await client.spawn(more.length === 0 ? line : command, {
    env: environmentOf(options.environment ?? []),
    terminal: options.tty === true,
    ...(options.stdin === true ? { input: io.stdin } : {}),
    signal,
  })
  if (options.stdin !== true) child.stdin.end()
  await Promise.all([toOutput(call, child), toErrors(call, child)])
  const { exitCode, exitSignal } = await child.exit
  await output.event({ type: 'exit', exitCode, exitSignal })
  if (exitSignal !== undefined) output.note(`ended by signal ${exitSignal}`)
  return exitCode ?? 1
}

async function toOutput(call: Call, child: SshProcess): Promise<void> {
  const { output, io } = call
  if (output.json) return toEvents(call, 'stdout', child.stdout)
  for await (const piece of shownOn(call, io.stdout, child.stdout)) await output.bytes(piece)
}

async function toErrors(call: Call, child: SshProcess): Promise<void> {
  const { output, io } = call
  if (output.json) return toEvents(call, 'stderr', child.stderr)
  for await (const piece of shownOn(call, io.stderr, child.stderr)) io.stderr.write(piece)
}

/** A character that is cut between two pieces comes with the second one. */
async function toEvents(
  { output }: Call,
  type: 'stdout' | 'stderr',
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const decoder = new StringDecoder('utf8')
  const tell = async (text: string): Promise<void> => {
    if (text !== '') await output.event({ type, text })
  }
  for await (const chunk of chunks) await tell(decoder.write(Buffer.from(chunk)))
  await tell(decoder.end())
}

/** What a screen gets of the command's bytes: where people see it, harmless text, but for a terminal of the command's own. */
async function* shownOn(
  { options, output }: Call,
  screen: Screen,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | Uint8Array, void> {
  if (screen.isTTY !== true || output.raw || options.tty === true) {
    yield* chunks
    return
  }
  const shown = new ShownText()
  for await (const chunk of chunks) yield shown.add(chunk)
  yield shown.end()
}

function environmentOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((each) => {
      const equals = each.indexOf('=')
      if (equals < 1) throw new UsageError(`${each} sets no variable: give name=value`)
      return [each.slice(0, equals), each.slice(equals + 1)]
    }),
  )
}
