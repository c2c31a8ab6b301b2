#!/usr/bin/env node
/* The entry of the program: the process, its streams and its signals around one run. Sets the exit code. */

import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

import type { Io } from './io.ts'

/** The build puts it in; sources read it from the manifest. */
declare const NET_VERSION: string | undefined

const version = typeof NET_VERSION === 'string' ? NET_VERSION : versionOf()
const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.on('error', tellUnprinted)
  process.stdout.write(`${version}\n`)
} else {
  // A run ends itself; one that waits for what cannot come any more has failed.
  process.on('beforeExit', () => {
    process.stderr.write('net: an error of this program: it waits for what cannot come any more\n')
    process.exit(70)
  })
  void main()
}

async function main(): Promise<void> {
  enableCompileCache()
  const { runNet, Interruption, openTerminal } = await import('./program.ts')
  const ending = new AbortController()
  // Milliseconds that a run has to leave what the next one resumes.
  const grace = 3000
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const reason = new Interruption(signal)
      // The second time is for what does not end.
      if (ending.signal.aborted) process.exit(reason.exitCode)
      ending.abort(reason)
      setTimeout(() => process.exit(reason.exitCode), grace).unref()
    })
  }
  // Writes tell what failed; a stream without a listener would end the process instead.
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') ending.abort(new Interruption('EPIPE'))
  })
  const io: Io = {
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    openTerminal,
    signal: ending.signal,
  }
  const code = await runNet(args, io, version)
  // What still waits, such as an open standard input, waits for nothing.
  if (process.stdout.writableLength > 0) await new Promise((done) => process.stdout.write('', done))
  process.exit(code)
}

/** A reader that has left is no failure; a full disk is one. */
function tellUnprinted({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.exitCode = 74
  process.stderr.on('error', () => {})
  process.stderr.write(`net: ${message}\n`)
}

function versionOf(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return manifest.version
}
