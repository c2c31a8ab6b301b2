/*
 * Connecting and running commands per second, beside bare ssh2 and clients of Python, against the embedded server in another
 * process, which starts no shells and so answers at once. The bare engine checks no host key; with `noDelay` it is given a
 * socket as ours is.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'

import { connect, pinned, type SshClient } from '@net/ssh'
import ssh2 from 'ssh2'

import { compare, type Contender } from './pairs.ts'
import { pythonClient } from './ssh-programs.ts'

const CONNECTS = 20
const COMMANDS = 200
const AT_ONCE = 10

const child = spawn(
  process.execPath,
  [...process.execArgv, fileURLToPath(new URL('./ssh-server.ts', import.meta.url))],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const [line] = (await once(child.stdout, 'data')) as [Buffer]
const { url, fingerprint, identity } = JSON.parse(line.toString()) as Record<
  'url' | 'fingerprint' | 'identity',
  string
>
const { hostname: host, port } = new URL(url)

const login = { user: 'ada', password: 'lovelace', hostKeys: pinned(fingerprint) }
const ours = await connect(url, login)
const bare = await bareConnect(true)
const pythons = [await pythonOf('asyncssh'), await pythonOf('paramiko')]

await compare(
  'ssh: connect, log in and close',
  'a second',
  contender('@net/ssh', CONNECTS, reconnect),
  [
    contender('ssh2 with noDelay', CONNECTS, () => bareReconnect(true)),
    contender('ssh2 as it comes', CONNECTS, () => bareReconnect(false)),
  ],
)
await compare(
  'ssh: commands, one after the other',
  'a second',
  contender('@net/ssh', COMMANDS, () => run(ours)),
  [contender('ssh2 with noDelay', COMMANDS, () => bareExec(bare)), ...commandsOf(1)],
)
await compare(
  `ssh: commands, ${AT_ONCE} at a time`,
  'a second',
  contender('@net/ssh', COMMANDS, () => run(ours), AT_ONCE),
  [contender('ssh2 with noDelay', COMMANDS, () => bareExec(bare), AT_ONCE), ...commandsOf(AT_ONCE)],
)

await ours.close()
bare.end()
for (const python of pythons) python?.[Symbol.dispose]()
child.kill()

function pythonOf(name: 'asyncssh' | 'paramiko'): ReturnType<typeof pythonClient> {
  return pythonClient(name, { port: Number(port), user: 'ada', identity })
}

function commandsOf(atOnce: number): readonly Contender[] {
  const round = { kind: 'exec', done: COMMANDS, count: COMMANDS, atOnce } as const
  return pythons.flatMap((python) => python?.contender(round) ?? [])
}

function contender(name: string, times: number, once: () => Promise<void>, atOnce = 1): Contender {
  return {
    name,
    async run() {
      for (let done = 0; done < times; done += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, once))
      }
      return times
    },
  }
}

async function reconnect(): Promise<void> {
  const client = await connect(url, login)
  await client.close()
}

async function run(client: SshClient): Promise<void> {
  const { stdout } = await client.exec('echo one')
  if (!stdout.startsWith('one')) throw new Error('the command printed something else')
}

async function bareReconnect(noDelay: boolean): Promise<void> {
  const client = await bareConnect(noDelay)
  const closed = once(client, 'close')
  client.end()
  await closed
}

async function bareConnect(noDelay: boolean): Promise<InstanceType<typeof ssh2.Client>> {
  const client = new ssh2.Client()
  const road = noDelay
    ? { sock: createConnection({ host, port: Number(port), noDelay: true }) }
    : { host, port: Number(port) }
  const ready = once(client, 'ready')
  client.connect({ ...road, username: 'ada', password: 'lovelace' })
  await ready
  return client
}

function bareExec(client: InstanceType<typeof ssh2.Client>): Promise<void> {
  return new Promise((resolve, reject) => {
    const bare = client as unknown as {
      exec(command: string, done: (error: Error | undefined, stream: BareStream) => void): void
    }
    bare.exec('echo one', (error, stream) => {
      if (error !== undefined) {
        reject(error)
        return
      }
      let stdout = ''
      stream.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      stream.stderr.resume()
      stream.on('close', () => {
        if (stdout.startsWith('one')) resolve()
        else reject(new Error('the command printed something else'))
      })
      // Ours ends the input of a command that has none as well.
      stream.end()
    })
  })
}

interface BareStream {
  on(name: string, listener: (chunk: Buffer) => void): void
  end(): void
  readonly stderr: { resume(): void }
}
