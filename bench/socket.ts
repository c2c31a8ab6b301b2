/*
 * Connections with much to move, and many with nothing: beside Node's own sockets, and beside `socat` as a proxy.
 * `node bench/socket.ts in out tls proxy idle` runs these parts; all of them by default.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { createCertificates } from '@net/socket/testing'

import { compare } from './pairs.ts'
import { compareIdle } from './socket-idle.ts'
import { bareIn, bareOut, oursIn, oursInto, oursOut, type SocketEnds } from './socket-moves.ts'
import { oursBetween, socatBetween } from './socket-relays.ts'

const size = 1024 ** 3
const MEGA = 1_000_000
const wanted = process.argv.slice(2)
const authority = createCertificates()
const ends = fork(fileURLToPath(new URL('socket-ends.ts', import.meta.url)), [`${size}`])
ends.send(authority.issue())
const [ports] = (await once(ends, 'message')) as [SocketEnds]
const { ca } = authority
const much = `${Math.round(size / MEGA)} MB`

await part('in', async () => {
  const move = { size, port: ports.source }
  await compare(`TCP, ${much} in`, 'MB/s', oursIn(move), [bareIn(move)])
  await compare(`TCP, ${much} in`, 'MB/s', oursInto(move), [bareIn(move)])
})
await part('out', async () => {
  const move = { size, port: ports.sink }
  await compare(`TCP, ${much} out`, 'MB/s', oursOut(move), [bareOut(move)])
})
await part('tls', async () => {
  const [down, up] = [
    { size, port: ports.tlsSource, ca },
    { size, port: ports.tlsSink, ca },
  ]
  await compare(`TLS, ${much} in`, 'MB/s', oursIn(down), [bareIn(down)])
  await compare(`TLS, ${much} out`, 'MB/s', oursOut(up), [bareOut(up)])
})
await part('proxy', async () => {
  const relayed = { size, port: ports.source }
  const others = [socatBetween(relayed), socatBetween(relayed, '-b', '65536')]
  await compare(`a proxy, ${much}`, 'MB/s', oursBetween(relayed), others)
})
await part('idle', () => compareIdle(10_000, 3))
ends.disconnect()

async function part(name: string, measured: () => Promise<void>): Promise<void> {
  if (wanted.length === 0 || wanted.includes(name)) await measured()
}
