/* `demo exec`: runs a command on a host and ends with its exit code. */

import { isNetError } from '@net/core'
import * as ssh from '@net/ssh'

import { readArguments, runCommand, UsageError, type CommandStreams } from './command.ts'
import { askedPassword } from './password.ts'

const USAGE =
  'usage: demo exec [--key <file>] [--known-hosts <file>] [--accept-new] <user@host[:port]> <command>'

const OPTIONS = {
  key: { type: 'string' },
  'known-hosts': { type: 'string' },
  'accept-new': { type: 'boolean' },
} as const

/** Runs the command; returns the exit code of the remote one, 1 if it could not be run, 2 if the arguments are wrong. */
export async function execCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const { messages } = streams
  const { ours, command } = splitAtHost(args)
  const parsed = readArguments(ours, OPTIONS, { messages, usage: USAGE })
  if (parsed === undefined) return 2
  const [target] = parsed.positionals
  if (target === undefined || command.length === 0) {
    messages.write(`${USAGE}\n`)
    return 2
  }
  const { key, 'known-hosts': file, 'accept-new': accept } = parsed.values
  return runCommand(streams, async (signal) => {
    const login =
      key === undefined
        ? { password: askedPassword }
        : { auth: ssh.key(ssh.fromFile(key), { passphrase: askedPassword }) }
    const hostKeys = hostKeysOf(file, accept === true)
    await using host = await ssh.connect(target, { signal, hostKeys, ...login }).catch(inOurWords)
    // One word may be a whole command line for the shell there; several are quoted.
    const [line, ...more] = command
    const result = await host.exec(line === undefined || more.length > 0 ? command : line, {
      signal,
      // It need not be text.
      output: 'bytes',
    })
    streams.out.write(result.stdout)
    messages.write(result.stderr)
    if (result.exitSignal !== undefined) messages.write(`ended by signal ${result.exitSignal}\n`)
    return result.exitCode ?? 1
  })
}

/** The advice of an unknown host key names the option of the command, not that of the package. */
function inOurWords(error: unknown): never {
  if (!isNetError(error) || error.code !== 'NET_HOSTKEY_UNKNOWN') throw error
  throw new UsageError(error.message.replace('with hostKeys: acceptNew()', 'with --accept-new'), 1)
}

/** What follows the host is the remote command's own, its options included. */
function splitAtHost(args: readonly string[]): {
  ours: readonly string[]
  command: readonly string[]
} {
  let at = 0
  while (args[at]?.startsWith('-') === true) at += VALUED.has(args[at] ?? '') ? 2 : 1
  return { ours: args.slice(0, at + 1), command: args.slice(at + 1) }
}

function hostKeysOf(file: string | undefined, accept: boolean): ssh.HostKeyPolicy {
  if (accept) return ssh.acceptNew(file === undefined ? {} : { file })
  return ssh.knownHosts(file === undefined ? {} : { files: [file] })
}

const VALUED: ReadonlySet<string> = new Set(['--key', '--known-hosts'])
