// The processes that a process started, from /proc: daemons fork for each connection, and tests kill such a fork.
import { readdirSync, readFileSync } from 'node:fs'

/** Kills with SIGKILL whatever the process started, and what that started; itself stays. */
export function killDescendants(pid: number): void {
  killAll(descendantsOf(pid))
}

/** Kills with SIGKILL the process and whatever it started. */
export function killTree(pid: number): void {
  killAll([pid, ...descendantsOf(pid)])
}

function killAll(pids: readonly number[]): void {
  // Nobody is left to tell of the death of another: vsftpd would do so in clear, also where TLS is spoken.
  for (const pid of pids) signal(pid, 'SIGSTOP')
  for (const pid of pids) signal(pid, 'SIGKILL')
}

/** What the process started, and what that started. */
export function descendantsOf(pid: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }))
  const found = [pid]
  for (const parent of found)
    found.push(...all.filter((one) => one.parent === parent).map((one) => one.pid))
  return found.slice(1)
}

/** 0 for a process that has just ended. */
function parentOf(pid: string): number {
  try {
    // The name of the program stands before it in brackets, and may have blanks.
    const [, parent] = /\) \S (\d+) /u.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return Number(parent)
  } catch (error) {
    if (hasEnded(error)) return 0
    throw error
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!hasEnded(error)) throw error
  }
}

function hasEnded(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))
  )
}
