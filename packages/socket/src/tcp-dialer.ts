/*
 * Straight over TCP: the name is resolved, its addresses race, and the winner's socket is the road. Resolving and
 * connecting are limited and aborted here, because the system does neither.
 */

import { isIP, type NetConnectOpts, type Socket } from 'node:net'

import { formatEndpoint, type Endpoint } from '@net/core'
import {
  netError,
  option,
  optionsDoor,
  own,
  type Operation,
  type OptionsDoor,
  stoppable,
  translate,
} from '@net/core/authoring'

import { connectSocket } from './connect-socket.ts'
import { roadOperation } from './dial-operation.ts'
import { takeDialOptions, type Dialer, type DialOptions } from './dialer.ts'
import { isAdmitted } from './admit.ts'
import { socketErrors } from './errors.ts'
import { AllFailed, interleave, raceAddresses, type Contender } from './happy-eyeballs.ts'
import { applyKeepAlive } from './keep-alive.ts'
import { addressesOf, systemResolver, type ResolvedAddress, type Resolver } from './resolver.ts'
import { resetOf, socketInfo } from './socket-info.ts'
import { SocketTransport } from './socket-transport.ts'
import { listenOn } from './socket-listener.ts'
import type { Transport } from './transport.ts'

/** Options of the TCP dialer. */
export interface TcpDialerOptions {
  /** From names to addresses; default the operating system's. */
  readonly resolver?: Resolver | undefined
  /** Milliseconds between the starts of attempts; false tries one address after the other. Default 250 (RFC 8305). */
  readonly happyEyeballs?: number | false | undefined
}

/** Dials over TCP. The phases are `resolve`, for names only, and `connect`. */
export function tcpDialer(options?: TcpDialerOptions): Dialer {
  const { resolver = systemResolver, happyEyeballs: stagger = STAGGER } = tcpDoor(options)
  return {
    name: 'tcp',
    async dial(endpoint, given) {
      const dialOptions = takeDialOptions(given)
      const spec = { protocol: 'tcp', operation: 'dial', endpoint, errors: socketErrors }
      return roadOperation(spec, dialOptions, async (op) => {
        if (endpoint.path !== undefined) {
          throw netError('NET_BAD_URL', { message: 'TCP needs a host and a port, not a path' })
        }
        const addresses = await addressesOf(endpoint.host, resolver, op)
        const candidates = ordered(addresses, dialOptions.localAddress)
        return op.phase('connect', () =>
          connectFirst({ endpoint, candidates, stagger, options: dialOptions }, op),
        )
      })
    },
    async listen(endpoint, given) {
      const options = takeDialOptions(given)
      const { backlog = BACKLOG, reusePort = false, ipv6Only = false } = options
      const { host, port } = endpoint
      const at = { host, port, backlog, reusePort, ipv6Only }
      return listenOn({ protocol: 'tcp', endpoint, at }, options)
    },
  }
}

interface Candidates {
  readonly endpoint: Endpoint
  readonly candidates: readonly ResolvedAddress[]
  readonly stagger: number | false
  readonly options: DialOptions
}

function ordered(
  addresses: readonly ResolvedAddress[],
  localAddress: string | undefined,
): readonly ResolvedAddress[] {
  if (localAddress === undefined) return addresses.length > 1 ? interleave(addresses) : addresses
  const family = isIP(localAddress)
  if (family === 0)
    throw netError('NET_BAD_OPTION', { message: 'localAddress must be an IP address' })
  const fitting = addresses.filter((address) => address.family === family)
  if (fitting.length > 0) return fitting
  throw netError('NET_CONNECT_UNREACHABLE', {
    message: `the host has no address of the same IP version as localAddress ${localAddress}`,
    retry: 'never',
  })
}

async function connectFirst(race: Candidates, op: Operation): Promise<Transport> {
  const { endpoint, options } = race
  const socket = await connectOne(race, op)
  applyKeepAlive(socket, own(options, 'keepAlive'))
  return new SocketTransport(socket, {
    info: socketInfo(socket, endpoint),
    protocol: 'tcp',
    isPlain: true,
    reset: resetOf(socket),
  })
}

function connectOne(
  { endpoint, candidates, stagger, options }: Candidates,
  op: Operation,
): Promise<Socket> {
  const begin = (address: ResolvedAddress): Contender<Socket> =>
    contender(address, endpoint, options)
  const [only, ...others] = candidates
  if (only !== undefined && others.length === 0) {
    // As of every data connection of FTP: there is nothing to race.
    const { connected, cancel } = begin(only)
    return stoppable(op, connected, cancel)
  }
  const { won, cancel } = raceAddresses(candidates, stagger, begin)
  return stoppable(op, won, cancel).catch((error: unknown) => {
    throw error instanceof AllFailed ? allFailed(error.errors, candidates, endpoint) : error
  })
}

function contender(
  address: ResolvedAddress,
  endpoint: Endpoint,
  options: DialOptions,
): Contender<Socket> {
  try {
    if (!isAdmitted(options, address, endpoint)) {
      const message = `connecting to ${address.address} is not allowed`
      return {
        connected: Promise.reject(netError('NET_ADDRESS_BLOCKED', { message })),
        cancel() {},
      }
    }
  } catch (error) {
    return { connected: Promise.reject(error), cancel() {} }
  }
  return connectSocket({
    host: address.address,
    port: endpoint.port,
    family: address.family,
    autoSelectFamily: false,
    ...socketOptions(options),
  })
}

function socketOptions(options: DialOptions): Partial<NetConnectOpts> {
  const localAddress = own(options, 'localAddress')
  const localPort = own(options, 'localPort')
  return {
    noDelay: own(options, 'noDelay') ?? true,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(localPort === undefined ? {} : { localPort }),
  }
}

function allFailed(
  errors: readonly Error[],
  candidates: readonly ResolvedAddress[],
  { port }: Endpoint,
): Error {
  const [only] = errors
  if (only !== undefined && errors.length === 1) return only
  const failures = errors.map((error, at) => {
    const endpoint = formatEndpoint({ scheme: 'tcp', host: candidates[at]?.address ?? '', port })
    return translate(error, socketErrors, { protocol: 'tcp', phase: 'connect', endpoint })
  })
  const first = failures[0]?.message ?? ''
  const blocked = failures.every(({ code }) => code === 'NET_ADDRESS_BLOCKED')
  return netError(blocked ? 'NET_ADDRESS_BLOCKED' : 'NET_CONNECT_ALL_FAILED', {
    message: `all ${failures.length} addresses failed, the first: ${first}`,
    errors: failures,
  })
}

const STAGGER = 250
const BACKLOG = 511
const tcpDoor: OptionsDoor<TcpDialerOptions> = optionsDoor<TcpDialerOptions>(
  { protocol: 'socket', call: 'tcpDialer' },
  {
    resolver: option.callback(),
    happyEyeballs: option.either<number | false>([option.milliseconds, option.oneOf(false)]),
  },
  { lookup: 'resolver', dns: 'resolver' },
)
