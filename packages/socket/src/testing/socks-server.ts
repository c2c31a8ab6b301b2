/*
 * A SOCKS proxy for tests, of versions 4, 4a and 5, on loopback only. It knows CONNECT and passwords, and no other
 * command or login.
 */

import { formatEndpoint } from '@net/core'
import { optionsDoor, type OptionsDoor } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import { SocksServerHalf } from '../proxy/socks-server-half.ts'
import { proxyServerTable, startProxyServer } from './proxy-server.ts'
import type {
  ProxyProtocol,
  ProxyRefusal,
  ProxyRequest,
  ProxyServer,
  ProxyServerOptions,
} from './proxy-server.ts'

/** Starts a SOCKS proxy on a free port of 127.0.0.1; its URL says `socks5:`, and it answers SOCKS4 and 4a as well. */
export async function startSocksServer(given?: ProxyServerOptions): Promise<ProxyServer> {
  const options = socksServerDoor(given)
  return startProxyServer({
    scheme: 'socks5',
    options,
    speak: () => new SocksProtocol(options.users),
  })
}

class SocksProtocol implements ProxyProtocol {
  readonly #half: SocksServerHalf

  constructor(users: ProxyServerOptions['users']) {
    this.#half = new SocksServerHalf(users)
  }

  async read(connection: Connection): Promise<ProxyRequest | undefined> {
    const request = await this.#half.read(connection)
    if (request === undefined) return undefined
    const { host, port, user } = request
    const target = formatEndpoint({ scheme: 'tcp', host, port })
    return { target, headers: {}, ...(user === undefined ? {} : { user }) }
  }

  answer(outcome: 'open' | ProxyRefusal | number): Uint8Array {
    return this.#half.answer(outcome)
  }
}

const socksServerDoor: OptionsDoor<ProxyServerOptions> = optionsDoor<ProxyServerOptions>(
  { protocol: 'socket', call: 'startSocksServer' },
  proxyServerTable,
)
