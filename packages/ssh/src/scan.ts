/*
 * The keys of a server, as it shows them to anybody: one connection for each type of key, and nothing of a login. It must
 * not know which keys are trusted.
 */

import { formatEndpoint, parseEndpoint, type Endpoint } from '@net/core'
import {
  clientContext,
  inCall,
  netError,
  operation,
  option,
  optionsDoor,
  type Operation,
  type OptionsDoor,
} from '@net/core/authoring'
import { chooseRoad, type Dialer, type Transport } from '@net/socket'
import { loginConnectTable, type LoginConnectOptions } from '@net/socket/authoring'

import type { Algorithms } from './algorithm-names.ts'
import { offer, offerOnly, otherHostKeys } from './algorithms.ts'
import { sshErrors } from './engine/ssh2-errors.ts'
import { startSession } from './engine/ssh2.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { shakeHands } from './reach.ts'

/** Options of `scan`. */
export interface ScanOptions extends Pick<
  LoginConnectOptions,
  'signal' | 'timeout' | 'retry' | 'onProgress' | 'dialer' | 'proxy' | 'block' | 'log'
> {}

/**
 * The host keys of the server at `ssh://host:port`, one of each type, the one that it prefers first; each was proved by
 * the server to be its own. Whether it is the server that was meant is for the caller to find out, by comparing the
 * fingerprints with those of its owner. An idempotent session call: the limits of `connect`. Rejects as `connect` does
 * before the login.
 */
export async function scan(url: string | URL, options?: ScanOptions): Promise<readonly HostKey[]> {
  const taken = scanDoor(options)
  const endpoint = inCall({ protocol: 'ssh', call: 'scan' }, () => endpointOf(url))
  const { dialer, proxy, block } = taken
  const road = inCall({ protocol: 'ssh', call: 'scan' }, () => chooseRoad({ dialer, proxy, block }))
  const where = formatEndpoint(endpoint)
  const spec = {
    protocol: 'ssh',
    operation: 'scan',
    target: where,
    endpoint: where,
    kind: 'session',
    idempotent: true,
    errors: sshErrors,
    client: clientContext(taken),
  } as const
  return operation(spec, taken, (op) => op.attempt(() => allKeys(endpoint, road.dialer, op)))
}

function endpointOf(url: string | URL): Endpoint {
  const { endpoint, path } = parseEndpoint(url, { schemes: ['ssh'], defaultPort: 22 })
  if (path === undefined || path === '/') return endpoint
  throw netError('NET_BAD_URL', { message: 'an SSH URL has no path' })
}

async function allKeys(
  endpoint: Endpoint,
  dialer: Dialer,
  op: Operation,
): Promise<readonly HostKey[]> {
  const keys: HostKey[] = []
  for (let algorithms = offer({ types: [] }); ;) {
    const transport = await dialer.dial(endpoint, op.within)
    const { key, offered } = await shownKey(transport, algorithms, op)
    keys.push(key)
    const others = otherHostKeys(
      offered,
      keys.map(({ type }) => type),
    )
    if (others.length === 0) return Object.freeze(keys)
    algorithms = offerOnly(others)
  }
}

async function shownKey(
  transport: Transport,
  algorithms: Algorithms,
  op: Operation,
): Promise<{ readonly key: HostKey; readonly offered: readonly string[] }> {
  let offered: readonly string[] = []
  const session = await startSession(transport, {
    // There is no login.
    user: '',
    algorithms,
    keepAlive: false,
    async checkHostKey(_, types) {
      offered = types
    },
    onBanner() {},
  })
  const forget = op.onAbort((reason) => session.abort(reason))
  try {
    const { hostKey } = await shakeHands(session, op)
    return { key: hostKey, offered }
  } finally {
    forget()
    session.end()
    session.abort(netError('NET_CLOSED', { message: 'the key was seen' }))
    await session.closed
  }
}

const scanDoor: OptionsDoor<ScanOptions> = optionsDoor<ScanOptions>(
  { protocol: 'ssh', call: 'scan' },
  {
    ...option.perCall,
    dialer: loginConnectTable.dialer,
    proxy: loginConnectTable.proxy,
    block: loginConnectTable.block,
    log: loginConnectTable.log,
  },
)
