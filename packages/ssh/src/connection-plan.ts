/* What a connection is to be, from a URL and options: everything that can be wrong before a byte is sent. */

import { formatEndpoint, parseEndpoint, secret, type Credential, type Endpoint } from '@net/core'
import { clientContext, netError, refuseControl, type Taken } from '@net/core/authoring'
import { chooseRoad, type Dialer } from '@net/socket'
import type { ClientIdentity } from '@net/socket/authoring'

import type { Algorithms } from './algorithm-names.ts'
import { chosenAlgorithms } from './algorithms.ts'
import type { SshConnectOptions } from './client-options.ts'
import { refuseLong, type Variable } from './command-line.ts'
import { sshErrors } from './engine/ssh2-errors.ts'
import { foreignPolicy } from './host-keys/foreign-policy.ts'
import { knownHosts, type HostKeyPolicy } from './host-keys/policy.ts'
import type { HostKeySubject } from './host-keys/subject.ts'
import { defaultAgent } from './identity/agent-auth.ts'
import type { KeepAliveOptions } from './keep-alive.ts'
import { localUser } from './local-user.ts'
import type { LoginPlan, PasswordHolder } from './login/offer.ts'
import type { RekeyOptions } from './rekey-watch.ts'

/** What is to be reached, how, and as whom. */
export interface ConnectionPlan {
  readonly endpoint: Endpoint
  readonly host: Omit<HostKeySubject, 'signal'>
  readonly dialer: Dialer
  readonly hostKeys: HostKeyPolicy
  readonly keepAlive: KeepAliveOptions | false
  readonly algorithms: Algorithms
  readonly rekey: RekeyOptions
  readonly compress: boolean
  /** The socket of the agent that the server may use. */
  readonly agent: string | undefined
  /** The address of this machine from which to connect; undefined for any. */
  readonly localAddress?: string | undefined
  /** Variables that are offered to the server with everything that runs. */
  readonly variables?: readonly Variable[] | undefined
  /** What the caller is to be told in any case. */
  readonly warning?: string | undefined
  readonly login: Omit<LoginPlan, 'server'>
  readonly identity: ClientIdentity
}

/** Reads the URL and the options. Throws `NET_BAD_URL`, `NET_BAD_OPTION` and `NET_INJECTION`. */
export function planConnection(
  url: string | URL,
  options: Taken<SshConnectOptions>,
): ConnectionPlan {
  const parsed = parseEndpoint(url, { schemes: ['ssh'], defaultPort: 22 })
  if (parsed.path !== undefined && parsed.path !== '/') {
    throw netError('NET_BAD_URL', { message: 'an SSH URL has no path' })
  }
  const { endpoint } = parsed
  const user = options.user ?? parsed.user ?? localUser()
  refuseControl('user', user)
  refuseLong('user', user, LONGEST_USER)
  const client = clientContext(options)
  const where = formatEndpoint(endpoint)
  const { dialer, proxy, block } = options
  return {
    endpoint,
    host: hostOf(endpoint, options.hostKeyAlias),
    dialer: chooseRoad({ dialer, proxy, block }).dialer,
    hostKeys: foreignPolicy(options.hostKeys ?? knownHosts()),
    keepAlive: options.keepAlive ?? {},
    algorithms: chosenAlgorithms(options.algorithms),
    rekey: options.rekey ?? {},
    compress: options.compress ?? false,
    agent: forwarded(options.forwardAgent),
    login: {
      user,
      endpoint: where,
      auth: [options.auth ?? []].flat(),
      password: holderOf(options, parsed.password),
      client: client.id,
    },
    identity: { protocol: 'ssh', endpoint: where, errors: sshErrors, client },
  }
}

function hostOf(
  { host, port }: Endpoint,
  alias: string | undefined,
): Omit<HostKeySubject, 'signal'> {
  if (alias !== undefined) {
    refuseControl('hostKeyAlias', alias)
    return { name: alias }
  }
  // A dot at the end says that the name is whole; known_hosts has names without it.
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return port === SSH_PORT ? { name } : { name: `[${name}]:${port}`, plainName: name }
}

function forwarded(given: boolean | string | undefined): string | undefined {
  if (typeof given === 'string') return given
  if (given !== true) return undefined
  const socket = defaultAgent()
  if (socket !== undefined) return socket
  throw netError('NET_BAD_OPTION', {
    message:
      "forwardAgent needs an agent: SSH_AUTH_SOCK is not set; pass its socket, forwardAgent: '…'",
  })
}

function holderOf(
  { password: given, newPassword }: Taken<SshConnectOptions>,
  inUrl: Credential | undefined,
): PasswordHolder | undefined {
  const password = held('the password', given) ?? inUrl
  if (password !== undefined)
    return { password, newPassword: held('the new password', newPassword) }
  if (newPassword === undefined) return undefined
  throw netError('NET_BAD_OPTION', { message: 'newPassword needs the password that it replaces' })
}

/** A secret from the first moment, so that no event or error shows it. */
function held(what: string, password: Credential | undefined): Credential | undefined {
  if (typeof password !== 'string') return password
  refuseLong(what, password, LONGEST_PASSWORD)
  return secret(password)
}

const SSH_PORT = 22
const LONGEST_USER = 1024
const LONGEST_PASSWORD = 8192
