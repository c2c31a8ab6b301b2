// `node --expose-gc --conditions=@net/source test/soak/open-and-close.ts PROTOCOL CYCLES`: opens and closes so many connections
// of one protocol, one after the other, and prints what is left of them as JSON: how many bytes the heap has grown by, and
// which sockets, timers and other handles are still there.
import { setImmediate as turn } from 'node:timers/promises'

import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSftpServer, startSshServer, type SshServer } from '@net/ssh/testing'

/** A server, and what a client does from connecting to closing. */
interface Opened extends AsyncDisposable {
  cycle(): Promise<void>
}

const protocols: Readonly<Record<string, () => Promise<Opened>>> = {
  async tcp() {
    const server = await startEchoServer()
    return opened(server, [], async () => {
      await using connection = await connect(server.url)
      await connection.write('x\n')
      await connection.readLine()
    })
  },
  async http() {
    const server = await startHttpServer()
    return opened(server, [server.received], async () => {
      await using client = http.createClient()
      await client.get(`${server.url}/bytes/10`).bytes()
    })
  },
  async ftp() {
    const server = await startFtpServer()
    return opened(server, [server.received], async () => {
      await using client = await ftp.connect(server.url)
      await client.exists('x')
    })
  },
  async smtp() {
    const server = await startSmtpServer()
    return opened(server, [server.received], async () => {
      await using client = await smtp.connect(server.url)
      await client.noop()
    })
  },
  async ssh() {
    const server = await startSshServer({ exec: { true: '' } })
    return opened(server, [server.received], async () => {
      await using host = await logIn(server)
      await host.exec('true')
    })
  },
  async sftp() {
    const server = await startSftpServer({ files: { 'a.txt': 'a' } })
    return opened(server, [server.ssh.received, server.requests], async () => {
      await using host = await logIn(server.ssh)
      await using files = await host.sftp()
      await files.exists('a.txt')
    })
  },
}

function logIn(server: SshServer): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(server.hostKey.fingerprint)
  return ssh.connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
}

/** `notes`: what the server keeps of each request for its tests, which is no leak. */
function opened(
  server: AsyncDisposable,
  notes: readonly (readonly unknown[])[],
  cycle: () => Promise<void>,
): Opened {
  return {
    async cycle() {
      await cycle()
      for (const each of notes) (each as unknown[]).length = 0
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function openAndClose(protocol: string, cycles: number): Promise<void> {
  const open = protocols[protocol]
  if (open === undefined) throw new Error(`the protocols are ${Object.keys(protocols).join(', ')}`)
  const before = handles()
  const server = await open()
  // What is compiled, cached and learned once is no leak.
  for (let cycle = 0; cycle < WARM_UP; cycle++) await server.cycle()
  const heap = await settledHeap()
  for (let cycle = 0; cycle < cycles; cycle++) await server.cycle()
  const grown = (await settledHeap()) - heap
  await server[Symbol.asyncDispose]()
  console.log(JSON.stringify({ grown, left: await leftBeside(before) }))
}

async function settledHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  // What a collection finalizes is let go of only afterwards.
  for (let pass = 0; pass < 5; pass++) {
    await turn()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

/** Closing takes turns of the event loop. */
async function leftBeside(before: readonly string[]): Promise<readonly string[]> {
  for (let look = 0; look < LOOKS && handles().length > before.length; look++) await turn()
  return handles().filter((kind) => !before.includes(kind))
}

function handles(): readonly string[] {
  return process.getActiveResourcesInfo()
}

const WARM_UP = 1000
const LOOKS = 1000
const [protocol = '', cycles = '10000'] = process.argv.slice(2)
await openAndClose(protocol, Number(cycles))
