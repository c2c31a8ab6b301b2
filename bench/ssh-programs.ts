/* Peers of the SSH bench that are programs: clients in Python, and `ssh` over a connection that it shares. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { Contender } from './pairs.ts'
import type { BenchSshd } from './ssh-sshd.ts'

/** A round of some kind, and how much it does. */
export interface SshRound {
  readonly kind: 'connect' | 'exec' | 'stream' | 'collect' | 'get' | 'put'
  /** How much it does, in the unit that is printed. */
  readonly done: number
  /** Times, or bytes. */
  readonly count?: number
  readonly atOnce?: number
  /** From where to where. */
  readonly paths?: readonly string[]
}

/** A client in Python; undefined where Debian's `python3-asyncssh` or `python3-paramiko` is not installed. */
export async function pythonClient(
  name: 'asyncssh' | 'paramiko',
  { port, user, identity }: Pick<BenchSshd, 'port' | 'user' | 'identity'>,
  cipher = '',
): Promise<(Disposable & { contender(round: SshRound): Contender }) | undefined> {
  const program = fileURLToPath(new URL('ssh-peers.py', import.meta.url))
  const child = spawn('/usr/bin/python3', [program, name, String(port), user, identity, cipher], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') return undefined
  return {
    contender({ kind, done, count, atOnce, paths = [] }) {
      let cpu = 0
      return {
        name,
        cpu: () => cpu,
        async run() {
          child.stdin.write(
            [kind, count, atOnce, ...paths].filter((word) => word !== undefined).join(' '),
          )
          child.stdin.write('\n')
          const { value, done: isOver } = await lines.next()
          if (isOver === true) throw new Error(`${name} ended: ${complaint.trimEnd()}`)
          cpu = Number(value)
          return done
        },
      }
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

/** OpenSSH's own client over one shared connection. */
export class SharedSsh implements AsyncDisposable {
  readonly #options: readonly string[]

  private constructor(options: readonly string[]) {
    this.#options = options
  }

  static async open({ folder, known, identity, port, user }: BenchSshd): Promise<SharedSsh> {
    const settings = [
      'IdentitiesOnly=yes',
      'LogLevel=ERROR',
      `UserKnownHostsFile=${known}`,
      `ControlPath=${join(folder, 'control')}`,
    ].flatMap((setting) => ['-o', setting])
    const login = ['-i', identity, '-p', String(port), '-l', user]
    const shared = new SharedSsh(['-F', 'none', ...settings, ...login])
    await shared.#run(['-M', '-N', '-f', '127.0.0.1'])
    return shared
  }

  /** `ssh` run by a shell, so often. */
  commands(line: string, round: SshRound): Contender {
    const { count = 1, atOnce = 1, done } = round
    let cpu = 0
    return {
      name: 'ssh with ControlMaster',
      cpu: () => cpu,
      run: async () => {
        const runs = Array.from({ length: count }, () => line)
        cpu = 0
        for (let at = 0; at < count; at += atOnce) {
          const costs = runs.slice(at, at + atOnce).map((each) => this.#run(['127.0.0.1', each]))
          for (const cost of await Promise.all(costs)) cpu += cost
        }
        return done
      },
    }
  }

  /** Forwards a port of this machine. */
  async forward(from: number, to: number): Promise<void> {
    await this.#run(['-O', 'forward', '-L', `127.0.0.1:${from}:127.0.0.1:${to}`, '127.0.0.1'])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run(['-O', 'exit', '127.0.0.1'])
  }

  /** Resolves to its CPU time, which bash tells. */
  async #run(args: readonly string[]): Promise<number> {
    const line = ['-c', `TIMEFORMAT='%U %S'; time ssh "$@" > /dev/null`, 'ssh']
    const child = spawn('bash', [...line, ...this.#options, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    if (code !== 0) throw new Error(`ssh ended with ${code}: ${told}`)
    const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
    return seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
  }
}
