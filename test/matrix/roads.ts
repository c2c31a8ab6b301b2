// The roads on which the matrix runs each protocol: straight, without a socket to see, through a file, memory, a tunnel
// and proxies. Whether TLS is spoken at their end is told apart from the road.
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connectDialer, socksDialer, tcpDialer, unixDialer, type Dialer } from '@net/socket'
import {
  createCertificates,
  memoryDialer,
  startConnectServer,
  startSocksServer,
} from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { bare, relayed } from './relay.ts'

/** A road that is open. */
export interface OpenRoad extends AsyncDisposable {
  readonly dialer: Dialer
  /** Whether a peer that says nothing hears that its client is gone; where there is no reset it does not. */
  readonly tellsResets: boolean
  /** What comes of dialing where nobody listens; undefined where the road has a listener of its own. */
  readonly nobody: string | undefined
}

/** All of them. */
export const roads: Readonly<Record<string, () => Promise<OpenRoad>>> = {
  tcp: async () => road(tcpDialer()),
  'a transport without a socket': async () => road(withoutSocket(tcpDialer())),
  async 'a Unix socket'() {
    const folder = await mkdtempDisposable(join(tmpdir(), 'net-matrix-'))
    const relay = relayed(unixDialer(), ({ port }) => ({
      scheme: 'unix',
      host: '',
      port: 0,
      path: join(folder.path, String(port)),
    }))
    return { ...road(relay.dialer, relay, folder), tellsResets: false, nobody: undefined }
  },
  async memory() {
    const relay = relayed(memoryDialer(), (endpoint) => endpoint)
    return { ...road(relay.dialer, relay), nobody: undefined }
  },
  async 'an SSH tunnel'() {
    const server = await startSshServer()
    const hostKeys = ssh.pinned(server.hostKey.fingerprint)
    const host = await ssh.connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
    return { ...road(host.dialer, host, server), tellsResets: false }
  },
  async SOCKS() {
    const server = await startSocksServer()
    return road(socksDialer(server.url), server)
  },
  async CONNECT() {
    const server = await startConnectServer()
    return { ...road(connectDialer(server.url), server), nobody: NO_WORD }
  },
  async 'CONNECT under TLS'() {
    const authority = createCertificates()
    const server = await startConnectServer({ tls: authority.issue() })
    const dialer = connectDialer(server.url, { tls: { ca: authority.ca } })
    return { ...road(dialer, server), nobody: NO_WORD }
  },
}

// HTTP has no word for why a proxy could not connect.
const NO_WORD = 'ProxyError NET_PROXY_REFUSED proxy safe'

/** A road that closes what it stands on in the order given. */
function road(dialer: Dialer, ...below: readonly AsyncDisposable[]): OpenRoad {
  return {
    dialer,
    tellsResets: true,
    nobody: 'ConnectError NET_CONNECT_REFUSED connect safe',
    async [Symbol.asyncDispose]() {
      for (const each of below) await each[Symbol.asyncDispose]()
    },
  }
}

/** The same road, but the transport does not show its socket, as one in memory or in a tunnel would not. */
function withoutSocket(dialer: Dialer): Dialer {
  return { name: 'bare', dial: async (to, options) => bare(await dialer.dial(to, options), to) }
}
