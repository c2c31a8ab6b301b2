/* The peers in Python for the HTTP bench: each a process of its own, which tells the CPU time that a round took it. */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { Contender } from './pairs.ts'

/** What a round is. */
export interface PythonRound {
  readonly url: string
  readonly requests: number
  readonly atOnce: number
}

/** A peer; undefined where its Python is not installed, which `requirements.txt` says how to do. */
export async function pythonPeer(
  name: string,
  { url, requests, atOnce }: PythonRound,
): Promise<(Contender & Disposable) | undefined> {
  const python = fileURLToPath(new URL('.venv/bin/python', import.meta.url))
  if (!existsSync(python)) return undefined
  const program = fileURLToPath(new URL('http-peers.py', import.meta.url))
  const child = spawn(python, [program, name, url, String(requests), String(atOnce)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  await lines.next()
  let cpu = 0
  return {
    name,
    cpu: () => cpu,
    async run() {
      child.stdin.write('go\n')
      cpu = Number((await lines.next()).value)
      return requests
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}
