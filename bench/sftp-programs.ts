/* Peers of the SFTP bench that are programs: OpenSSH's `sftp` and `scp`, and rclone. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Contender } from './pairs.ts'

/** Where they log in, and what a run moves. */
export interface SftpPlace {
  readonly port: number
  readonly user: string
  readonly keyFile: string
  readonly folder: string
  readonly cipher: string
  /** How much one run does, in the unit that is printed. */
  readonly size: number
}

/** Makes contenders of them. */
export class SftpPrograms {
  readonly #place: SftpPlace
  readonly #options: readonly string[]

  constructor(place: SftpPlace) {
    this.#place = place
    const { cipher, keyFile } = place
    const settings = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no']
    this.#options = ['-q', '-c', cipher, '-i', keyFile, ...settings.flatMap((each) => ['-o', each])]
  }

  /** A path at the server, as `scp` writes it. */
  there(path: string): string {
    return `${this.#place.user}@127.0.0.1:${path}`
  }

  /** `sftp` with a script of one line, which may be another one each time. */
  sftp(line: string | (() => string), size?: number): Contender {
    const script = join(this.#place.folder, 'script')
    const name = `sftp ${(typeof line === 'string' ? line : line()).split(' /')[0]}`
    const words = ['sftp', ...this.#options, '-b', script, '-P', String(this.#place.port)]
    return this.#timed(name, [...words, `${this.#place.user}@127.0.0.1`], size, () =>
      writeFileSync(script, `${typeof line === 'string' ? line : line()}\n`),
    )
  }

  scp(from: string, to: string): Contender {
    return this.#timed('scp', ['scp', ...this.#options, '-P', String(this.#place.port), from, to])
  }

  /** Prefers the same cipher. Paths at the server begin with `:sftp:`. */
  rclone(from: string, to: string): Contender {
    const { port, user, keyFile } = this.#place
    const login = ['--sftp-host', '127.0.0.1', '--sftp-port', String(port), '--sftp-user', user]
    const how = ['--sftp-key-file', keyFile, '--config', '/dev/null']
    return this.#timed('rclone', ['rclone', 'copyto', '--ignore-times', ...login, ...how, from, to])
  }

  #timed(
    name: string,
    words: readonly string[],
    size = this.#place.size,
    before?: () => void,
  ): Contender {
    const times = join(this.#place.folder, 'times')
    const line = `TIMEFORMAT='%U %S'; { time "$@" > /dev/null 2> /dev/null; } 2> "$0"`
    let cpu = 0
    return {
      name,
      async run() {
        before?.()
        const child = spawn('bash', ['-c', line, times, ...words], { stdio: 'ignore' })
        const [code] = await once(child, 'exit')
        if (code !== 0) throw new Error(`${name} ended with ${code}`)
        const spent = readFileSync(times, 'utf8').trim().split(' ').map(Number)
        cpu = spent.reduce((sum, each) => sum + each, 0) * 1_000_000
        return size
      },
      cpu: () => cpu,
    }
  }
}
