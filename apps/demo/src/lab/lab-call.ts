/*
 * A request that a visitor of the lab writes. It goes to the lab's own HTTP server and nowhere else: a page must not be a
 * way to what listens on this machine or its network. The address is checked when it is connected to, so that no name
 * and no redirect leads elsewhere.
 */

import type { Dialer, DialOptions } from '@net/socket'
import { tcpDialer } from '@net/socket'
import type { Endpoint } from '@net/core'
import { netError } from '@net/core/authoring'
import type { LabCall } from '@net/dashboard'
import * as http from '@net/http'

import type { EmbeddedServers } from './embedded-servers.ts'

/** The request of a visitor, to the HTTP server of the lab. */
export function labCall({ http: server }: Pick<EmbeddedServers, 'http'>): LabCall {
  const { port } = new URL(server.url)
  const dialer = onlyTo(Number(port))
  return {
    example: `${server.url}/json`,
    async run(url) {
      await using client = http.createClient({
        dialer,
        defaults: { retry: false, timeout: LIMIT },
      })
      const response = await client.get(url, { throwHttpErrors: false, maxBytes: MOST })
      return `${response.status} ${await response.text()}`
    },
  }
}

/** TCP to one port of 127.0.0.1; the way to everything else is closed before it is dialed. */
function onlyTo(port: number): Dialer {
  const tcp = tcpDialer()
  return {
    name: 'lab',
    async dial(endpoint: Endpoint, options?: DialOptions) {
      if (endpoint.port !== port) throw blocked(endpoint)
      return tcp.dial(endpoint, { ...options, admit: ({ address }) => address === '127.0.0.1' })
    },
  }
}

function blocked({ host, port }: Endpoint): Error {
  const message = `requests of visitors go to the HTTP server of the lab alone, not to ${host}:${port}`
  return netError('NET_ADDRESS_BLOCKED', { message })
}

const LIMIT = 5000
const MOST = 65_536
