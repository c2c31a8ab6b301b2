/*
 * SSH beside its peers, all of them against one real sshd and in one run: the bare engine, node-ssh, asyncssh, paramiko, and
 * OpenSSH's own client over a shared connection. Prints nothing but a reason where there is no sshd.
 */

import { connect, key, pinned, type SshClient } from '@net/ssh'
import { NodeSSH } from 'node-ssh'

import { compare, type Contender } from './pairs.ts'
import { bareConnect, bareEnd, bareExec } from './ssh-bare.ts'
import { pythonClient, SharedSsh, type SshRound } from './ssh-programs.ts'
import { forkRelay } from './relay.ts'
import { startBenchSshd, type BenchSshd } from './ssh-sshd.ts'
import { compareForwards } from './ssh-forward.ts'
import { printServerPart } from './ssh-server-part.ts'

const CONNECTS = 20
const COMMANDS = 200
const AT_ONCE = 10
const GIB = 1024 ** 3
const MEGA = 1_000_000
const SLOW = 256 * 1024 * 1024
const ROUND_TRIP = 20
const wanted = process.argv.slice(2)

using sshd = await startBenchSshd()
if (sshd === undefined) console.log('\nssh: peers: sshd is not installed')
else await measure(sshd)

async function measure(server: BenchSshd): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const ours = stack.use(await connectTo(server, server.port))
  const bare = await bareConnect(server, server.port)
  stack.defer(() => bareEnd(bare))
  const node = await new NodeSSH().connect(nodeLogin(server))
  stack.defer(() => node.dispose())
  const shared = stack.use(await SharedSsh.open(server))
  const [asyncssh, paramiko] = [
    await pythonClient('asyncssh', server),
    await pythonClient('paramiko', server),
  ]
  for (const client of [asyncssh, paramiko]) if (client !== undefined) stack.use(client)
  const pythons = (round: SshRound): readonly Contender[] =>
    [asyncssh, paramiko].flatMap((client) =>
      client === undefined ? [] : [client.contender(round)],
    )

  await part('connect', async () => {
    const round: SshRound = { kind: 'connect', done: CONNECTS, count: CONNECTS }
    await compare(
      'ssh, sshd: connect, log in by key and close',
      'a second',
      times('@net/ssh', CONNECTS, async () => {
        await (await connectTo(server, server.port)).close()
      }),
      [
        times('ssh2 with noDelay', CONNECTS, async () =>
          bareEnd(await bareConnect(server, server.port)),
        ),
        times('node-ssh', CONNECTS, async () => {
          const client = await new NodeSSH().connect(nodeLogin(server))
          client.dispose()
        }),
        ...pythons(round),
      ],
    )
  })
  for (const atOnce of [1, AT_ONCE]) {
    await part(`exec${atOnce}`, async () => {
      const round: SshRound = { kind: 'exec', done: COMMANDS, count: COMMANDS, atOnce }
      const commands = times('@net/ssh', COMMANDS, () => run(ours), atOnce)
      await compare(
        `ssh, sshd: commands, ${atOnce === 1 ? 'one after the other' : `${atOnce} at a time`}`,
        'a second',
        commands,
        [
          times(
            'ssh2 with noDelay',
            COMMANDS,
            async () => {
              let stdout = ''
              await bareExec(bare, 'echo one', (chunk) => (stdout += chunk.toString()))
              isRight(stdout)
            },
            atOnce,
          ),
          times(
            'node-ssh',
            COMMANDS,
            async () => isRight(`${(await node.execCommand('echo one')).stdout}\n`),
            atOnce,
          ),
          ...pythons(round),
          shared.commands('echo one', { ...round, count: 40, done: 40 }),
        ],
      )
      await printServerPart(server, commands)
    })
  }
  await part('stream', async () => {
    const round: SshRound = { kind: 'stream', done: GIB / MEGA, count: GIB }
    await compare('ssh, sshd: 1 GiB of output, read as it comes', 'MB/s', streamed(ours, GIB), [
      moved('ssh2 with noDelay', GIB, () => bareStream(bare, GIB)),
      ...pythons(round),
      shared.commands(commandFor(GIB), { ...round, count: 1 }),
    ])
  })
  await part('collect', async () => {
    const round: SshRound = { kind: 'collect', done: GIB / MEGA, count: GIB }
    const ourCollect = async (): Promise<void> => {
      const limits = { output: 'bytes', maxBytes: 2 * GIB } as const
      const { stdout } = await ours.exec(commandFor(GIB), limits)
      if (stdout.length !== GIB) throw new Error(`${stdout.length} bytes came`)
    }
    await compare(
      'ssh, sshd: 1 GiB of output, collected',
      'MB/s',
      moved('@net/ssh', GIB, ourCollect),
      [
        moved('ssh2 with noDelay', GIB, async () => {
          const chunks: Buffer[] = []
          await bareExec(bare, commandFor(GIB), (chunk) => void chunks.push(chunk))
          if (Buffer.concat(chunks).length !== GIB) throw new Error('some is missing')
        }),
        ...pythons(round),
      ],
    )
  })
  await part('far', async () => {
    await using relay = await forkRelay('127.0.0.1', server.port, ROUND_TRIP)
    await using far = await connectTo(server, relay.port)
    const bareFar = await bareConnect(server, relay.port)
    await compare(
      `ssh, sshd ${ROUND_TRIP} ms away: 256 MiB of output`,
      'MB/s',
      streamed(far, SLOW),
      [moved('ssh2 with noDelay', SLOW, () => bareStream(bareFar, SLOW))],
    )
    await bareEnd(bareFar)
  })
  await part('forward', () => compareForwards(ours, shared, GIB))
}

async function part(name: string, measured: () => Promise<void>): Promise<void> {
  if (wanted.length === 0 || wanted.includes(name)) await measured()
}

function connectTo(server: BenchSshd, port: number): Promise<SshClient> {
  return connect(`ssh://127.0.0.1:${port}`, {
    user: server.user,
    auth: key(server.key.privateKey),
    hostKeys: pinned(server.hostKey.fingerprint),
  })
}

function nodeLogin({ port, user, key: pair }: BenchSshd): object {
  return { host: '127.0.0.1', port, username: user, privateKey: pair.privateKey }
}

/** Does it so often, so many at once. */
function times(name: string, count: number, once: () => Promise<unknown>, atOnce = 1): Contender {
  return {
    name,
    async run() {
      for (let at = 0; at < count; at += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, once))
      }
      return count
    },
  }
}

/** Moves so many bytes once. */
function moved(name: string, size: number, once: () => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      await once()
      return size / MEGA
    },
  }
}

async function run(client: SshClient): Promise<void> {
  isRight((await client.exec('echo one')).stdout)
}

function isRight(stdout: string): void {
  if (stdout !== 'one\n') throw new Error(`the command printed ${stdout}`)
}

function streamed(client: SshClient, size: number): Contender {
  const stream = async (): Promise<void> => {
    await using child = await client.spawn(commandFor(size))
    let left = size
    for await (const chunk of child.stdout) left -= chunk.length
    if (left !== 0) throw new Error(`${left} bytes are missing`)
  }
  return moved('@net/ssh', size, stream)
}

async function bareStream(
  client: Awaited<ReturnType<typeof bareConnect>>,
  size: number,
): Promise<void> {
  let left = size
  await bareExec(client, commandFor(size), (chunk) => (left -= chunk.length))
  if (left !== 0) throw new Error(`${left} bytes are missing`)
}

function commandFor(size: number): string {
  return `head -c ${size} /dev/zero`
}
