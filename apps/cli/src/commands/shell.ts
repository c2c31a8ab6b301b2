/* `net shell`: a shell on a host, at this terminal. */

import type { SshShell } from '@net/ssh'

import type { Call, CommandRun } from '../call.ts'
import { Session } from '../session.ts'

/** With a terminal at standard input its keys go there one by one, and its size too; else what is read is typed there. */
export const shell: CommandRun = async (call) => {
  const { io, signal, output } = call
  await using session = new Session(call)
  const client = await session.ssh(call.args[0] ?? '')
  const { columns, rows } = io.stdout
  const isTerminal = io.stdin.isTTY === true && io.stdout.isTTY === true
  await using remote = await client.shell({
    terminal: isTerminal,
    term: io.env['TERM'] ?? 'xterm',
    ...(columns === undefined || columns === 0 ? {} : { columns }),
    ...(rows === undefined || rows === 0 ? {} : { rows }),
    signal,
  })
  using _keys = isTerminal ? rawKeys(call, remote) : undefined
  const typing = typed(call, remote)
  for await (const chunk of remote.stdout) await output.bytes(chunk)
  const { exitCode } = await remote.exit
  io.stdin.destroy()
  await typing
  return exitCode ?? 1
}

/** Keys pass as they are, Ctrl-C too; the terminal is as it was afterwards. */
function rawKeys({ io }: Call, remote: SshShell): Disposable {
  io.stdin.setRawMode?.(true)
  const resized = (): void => {
    const { columns = 80, rows = 24 } = io.stdout
    // A shell that has ended needs no size.
    remote.resize({ columns, rows }).catch(() => {})
  }
  io.stdout.on('resize', resized)
  return {
    [Symbol.dispose]() {
      io.stdout.off('resize', resized)
      io.stdin.setRawMode?.(false)
    },
  }
}

async function typed({ io }: Call, remote: SshShell): Promise<void> {
  try {
    for await (const chunk of io.stdin as AsyncIterable<Uint8Array>) {
      await remote.stdin.write(chunk)
    }
    remote.stdin.end()
  } catch {
    // The shell has ended, and its exit says how.
  }
}
