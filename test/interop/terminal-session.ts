// A program at a terminal of its own: Python's pty makes it, types when it sees what it waits for, and says what was shown.
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

import { netCommand, netEnvironment } from './net-command.ts'
import { PYTHON } from './python-guide.ts'

/** What happens at the terminal: once this is shown, that is typed. */
export type Step = readonly [shown: string, typed: string]

/** How it was. */
export interface Shown {
  /** All that was shown. */
  readonly text: string
  readonly status: number
  /** Whether the terminal's settings were the same before and after. */
  readonly isRestored: boolean
}

/** A program at a terminal. */
export interface TerminalRun {
  readonly command: readonly string[]
  /** The terminal's width. */
  readonly columns: number
  readonly steps?: readonly Step[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `net` with these arguments at a terminal of 40 columns, and types what the steps say. */
export async function atTerminal(
  args: readonly string[],
  steps: readonly Step[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Shown> {
  return runAtTerminal({ command: [...netCommand, ...args], columns: 40, steps, env })
}

/** Runs a program at a terminal. */
export async function runAtTerminal({
  command,
  columns,
  steps = [],
  env = {},
}: TerminalRun): Promise<Shown> {
  const given = JSON.stringify({ command, columns, steps })
  const child = spawn(PYTHON, ['-c', DRIVER, given], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...netEnvironment('/nowhere'), TERM: 'xterm', ...env },
  })
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(printed) as Shown
}

const DRIVER = `
import fcntl, json, os, pty, select, struct, sys, termios
given = json.loads(sys.argv[1])
main, other = pty.openpty()
fcntl.ioctl(main, termios.TIOCSWINSZ, struct.pack('HHHH', 24, given['columns'], 0, 0))
before = termios.tcgetattr(other)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(other, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(other, number)
    os.execv(given['command'][0], given['command'])
shown, steps, status = b'', list(given['steps']), None
while status is None:
    ready, _, _ = select.select([main], [], [], 0.05)
    if ready:
        shown += os.read(main, 65536)
    if steps and steps[0][0].encode() in shown:
        os.write(main, steps.pop(0)[1].encode())
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
while select.select([main], [], [], 0.05)[0]:
    shown += os.read(main, 65536)
print(json.dumps({'text': shown.decode('utf-8', 'replace'), 'status': status, 'isRestored': before == termios.tcgetattr(other)}))
`
