/* Peers of the FTP bench that are programs: curl, lftp, and Python's ftplib. Each tells the CPU time of its round. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { Contender } from './pairs.ts'

/** The server, and how to come in. */
export interface FtpPlace {
  readonly port: number
  readonly user: string
  readonly password: string
  /** The certificate of its authority, as a file, for TLS. */
  readonly ca?: string | undefined
}

/** What a round does: a file down or up, by its names there and here. */
export interface FtpRound {
  readonly kind: 'get' | 'put'
  readonly remote: string
  readonly local: string
  /** How much it does, in the unit that is printed. */
  readonly done: number
  /** Throws unless it was done well. */
  readonly check: () => Promise<void> | void
}

/** `curl`, a process for each round. */
export function byCurl({ port, user, password, ca }: FtpPlace, round: FtpRound): Contender {
  const url = `ftp://localhost:${port}/${round.remote}`
  const secure = ca === undefined ? [] : ['--ssl-reqd', '--cacert', ca]
  const file = round.kind === 'get' ? ['-o', round.local] : ['-T', round.local]
  return program('curl', ['-sS', '-4', '-u', `${user}:${password}`, ...secure, ...file, url], round)
}

/** `lftp`, a process for each round. */
export function byLftp(place: FtpPlace, round: FtpRound): Contender {
  const { kind, remote, local } = round
  const command = kind === 'get' ? `get ${remote} -o ${local}` : `put ${local} -o ${remote}`
  return lftp(place, `set xfer:clobber yes; ${command}`, round)
}

/** `lftp mirror`, over so many connections. */
export function mirroredByLftp(
  place: FtpPlace,
  { from, to, at }: { from: string; to: string; at: number },
  round: Pick<FtpRound, 'done' | 'check'>,
): Contender {
  return lftp(place, `mirror -R --parallel=${at} --no-perms ${from} ${to}`, round)
}

/** Python's ftplib, in one process and over one connection. */
export async function ftplib({
  port,
  user,
  password,
  ca = '-',
}: FtpPlace): Promise<Disposable & { contender(round: FtpRound): Contender }> {
  const file = fileURLToPath(new URL('ftp-peers.py', import.meta.url))
  const child = spawn('/usr/bin/python3', [file, String(port), user, password, ca], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') throw new Error('ftplib did not come in')
  return {
    contender({ kind, remote, local, done, check }) {
      let cpu = 0
      return {
        name: 'ftplib',
        cpu: () => cpu,
        check,
        async run() {
          const names = kind === 'get' ? [remote, local] : [local, remote]
          child.stdin.write(`${[kind, ...names].join(' ')}\n`)
          cpu = Number((await lines.next()).value)
          return done
        },
      }
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

function lftp(
  { port, user, password, ca }: FtpPlace,
  commands: string,
  round: Pick<FtpRound, 'done' | 'check'>,
): Contender {
  const secure =
    ca === undefined
      ? 'set ftp:ssl-allow no'
      : `set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:ca-file ${ca}`
  const login = `open -u ${user},${password} -p ${port} localhost`
  return program('lftp', ['-c', `set dns:order inet; ${secure}; ${login}; ${commands}`], round)
}

function program(
  name: string,
  args: readonly string[],
  { done, check }: Pick<FtpRound, 'done' | 'check'>,
): Contender {
  let cpu = 0
  return {
    name,
    cpu: () => cpu,
    check,
    async run() {
      cpu = await cpuOf(name, args)
      return done
    },
  }
}

/** Resolves to its CPU time, which bash tells. */
async function cpuOf(name: string, args: readonly string[]): Promise<number> {
  const line = `TIMEFORMAT='%U %S'; time ${name} "$@" > /dev/null`
  const child = spawn('bash', ['-c', line, name, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${told}`)
  const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
  return seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
}
