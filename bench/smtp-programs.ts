/* Peers of the SMTP bench that are programs: clients in Python, and Postfix's `smtp-source`. Each tells the CPU time of its round. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { Contender } from './pairs.ts'

/** A client in Python. */
export interface PythonMailer extends Disposable {
  /** So many small messages over so many connections, which counts as `done`. */
  small(times: number, connections: number): Contender
  /** One message with the file. */
  large(path: string, done: number): Contender
}

/** It; undefined where Debian's `python3-aiosmtplib` is not installed. */
export async function pythonMailer(
  name: 'smtplib' | 'aiosmtplib',
  port: number,
): Promise<PythonMailer | undefined> {
  const program = fileURLToPath(new URL('smtp-peers.py', import.meta.url))
  const child = spawn('/usr/bin/python3', [program, name, String(port)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') return undefined
  const round = (line: string, done: number): Contender => {
    let cpu = 0
    return {
      name,
      cpu: () => cpu,
      async run() {
        child.stdin.write(`${line}\n`)
        const { value } = await lines.next()
        if (value === undefined) throw new Error(`${name} ended`)
        cpu = Number(value)
        return done
      },
    }
  }
  return {
    small: (times, connections) => round(`small ${times} ${connections}`, times),
    large: (path, done) => round(`large 1 ${path}`, done),
    [Symbol.dispose]: () => void child.kill(),
  }
}

/** Postfix's load generator, with messages of as many bytes; undefined where it is not installed. */
export function smtpSource(
  port: number,
  { times, connections, bytes }: { times: number; connections: number; bytes: number },
): Contender | undefined {
  if (!existsSync(SMTP_SOURCE)) return undefined
  const given = { s: connections, m: times, l: bytes, f: 'ada@example.com', t: 'bob@example.com' }
  const args = Object.entries(given).flatMap(([name, value]) => [`-${name}`, String(value)])
  let cpu = 0
  return {
    name: 'smtp-source',
    cpu: () => cpu,
    async run() {
      const line = `TIMEFORMAT='%U %S'; time ${SMTP_SOURCE} "$@" > /dev/null`
      const child = spawn('bash', ['-c', line, 'bash', '-d', ...args, `127.0.0.1:${port}`], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
      if (code !== 0) throw new Error(`smtp-source ended with ${code}: ${told}`)
      const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
      cpu = seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
      return times
    },
  }
}

const SMTP_SOURCE = '/usr/sbin/smtp-source'
