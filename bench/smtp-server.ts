/*
 * The server for the SMTP bench: Postfix's `smtp-sink` if it is installed, else the embedded one, which takes every message
 * and forgets it. Runs as a process of its own; says where it listens, and which it is.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'

import { startSmtpServer } from '@net/smtp/testing'

const SINK = '/usr/sbin/smtp-sink'
const isReal = existsSync(SINK) && process.argv[2] !== 'embedded'
const url = isReal ? await startSink() : await startEmbedded()
process.send?.({ url, name: isReal ? 'smtp-sink' : 'the embedded server' })
process.once('disconnect', () => process.exit(0))

async function startEmbedded(): Promise<string> {
  const server = await startSmtpServer()
  setInterval(() => server.mailbox.clear(), 50)
  return server.url
}

async function startSink(): Promise<string> {
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const daemon = spawn(SINK, [...user, `127.0.0.1:${port}`, '100'], { stdio: 'inherit' })
  process.once('exit', () => daemon.kill())
  while (!(await listens(port)));
  return `smtp://127.0.0.1:${port}`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
