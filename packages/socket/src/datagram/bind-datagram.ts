/* How a UDP socket is bound, and connected where it has one peer. */

import { createSocket, type Socket } from 'node:dgram'

import { parseEndpoint, type Endpoint, type LogOption, type Timeout } from '@net/core'
import {
  clientContext,
  inCall,
  option,
  optionsDoor,
  optionsObject,
  stoppable,
  type Operation,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'

import { roadOperation } from '../dial-operation.ts'
import { socketErrors } from '../errors.ts'
import { addressesOf, systemResolver } from '../resolver.ts'
import { BoundSocket, type DatagramSocket } from './datagram-socket.ts'
import type { Overflow } from './inbox.ts'

/** Options of `bindDatagram`. */
export interface DatagramOptions {
  /** Aborting it ends the attempt to bind. */
  readonly signal?: AbortSignal | undefined
  /** Limits of the attempt, in milliseconds. */
  readonly timeout?: Timeout | undefined
  /** Connects the socket to this peer, such as `udp://10.0.0.1:53`: it receives what comes from there alone. */
  readonly peer?: string | URL | undefined
  /** How many datagrams wait to be received at most. Default 1,000. */
  readonly capacity?: number | undefined
  /** What is dropped when there is no room. Default 'drop-newest', as the system does. */
  readonly overflow?: Overflow | undefined
  /** Whether others may bind the same port, as receivers of multicast do. Default false. */
  readonly reuseAddress?: boolean | undefined
  /** Whether it may send to broadcast addresses. Default false. */
  readonly broadcast?: boolean | undefined
  /** How what it sends to multicast groups leaves. */
  readonly multicast?: MulticastOptions | undefined
  /** Gets what happens on this socket: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
}

/** How datagrams leave for multicast groups. */
export interface MulticastOptions {
  /** Across how many routers they may go. Default 1: they stay in this network. */
  readonly ttl?: number | undefined
  /** Whether this machine receives them too. Default true. */
  readonly loopback?: boolean | undefined
  /** The address of the interface by which they leave; default the system's choice. */
  readonly interface?: string | undefined
}

/**
 * Binds a UDP socket at `udp://host:port`; port 0 chooses a free one. A name binds its first address. Rejects with
 * `NET_BIND_IN_USE`, `NET_BIND_DENIED` or `NET_DNS_NOT_FOUND`.
 */
export async function bindDatagram(
  url: string | URL,
  options?: DatagramOptions,
): Promise<DatagramSocket> {
  const taken = datagramDoor(options)
  const [endpoint, peer] = inCall(PLACE, () => [
    placeOf(url),
    taken.peer === undefined ? undefined : placeOf(taken.peer),
  ])
  const { signal, timeout } = taken
  const road = { protocol: 'udp', operation: 'bind', endpoint, errors: socketErrors }
  const client = clientContext(taken)
  return roadOperation(road, { signal, timeout, client }, async (op) => {
    const [at] = await addressesOf(endpoint.host, systemResolver, op)
    const socket = createSocket({
      type: at?.family === 6 ? 'udp6' : 'udp4',
      reuseAddr: taken.reuseAddress === true,
    })
    try {
      await called(op, socket, (done) =>
        socket.bind({ port: endpoint.port, address: at?.address, exclusive: true }, done),
      )
      configure(socket, taken)
      if (peer !== undefined) {
        const [far] = await addressesOf(peer.host, systemResolver, op)
        await called(op, socket, (done) => socket.connect(peer.port, far?.address, done))
      }
    } catch (error) {
      socket.close()
      throw error
    }
    const { address: host, port } = socket.address()
    return new BoundSocket({
      socket,
      address: Object.freeze({ scheme: 'udp', host, port }),
      isConnected: peer !== undefined,
      capacity: taken.capacity ?? CAPACITY,
      overflow: taken.overflow ?? 'drop-newest',
    })
  })
}

function configure(socket: Socket, { broadcast, multicast }: Taken<DatagramOptions>): void {
  if (broadcast === true) socket.setBroadcast(true)
  if (multicast?.ttl !== undefined) socket.setMulticastTTL(multicast.ttl)
  if (multicast?.loopback !== undefined) socket.setMulticastLoopback(multicast.loopback)
  if (multicast?.interface !== undefined) socket.setMulticastInterface(multicast.interface)
}

/** Settles with the callback, which gets the error of a `connect`, or with the 'error' that Node emits in its place. */
function called(
  op: Operation,
  socket: Socket,
  call: (done: (error?: Error) => void) => void,
): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    call((error) => {
      socket.off('error', reject)
      if (error === undefined) resolve()
      else reject(error)
    })
  })
  return stoppable(op, done, () => {})
}

function placeOf(url: string | URL): Endpoint {
  return parseEndpoint(url, { schemes: ['udp'] }).endpoint
}

const CAPACITY = 1000
const PLACE = { protocol: 'udp', call: 'bindDatagram' } as const
const datagramDoor: OptionsDoor<DatagramOptions> = optionsDoor<DatagramOptions>(
  PLACE,
  {
    signal: option.signal,
    timeout: option.timeout,
    peer: option.url,
    capacity: option.count,
    overflow: option.oneOf<Overflow>('drop-oldest', 'drop-newest'),
    reuseAddress: option.flag,
    broadcast: option.flag,
    multicast: optionsObject<MulticastOptions>({
      ttl: option.between(0, 255),
      loopback: option.flag,
      interface: option.text,
    }),
    log: option.log,
  },
  { remote: 'peer', remoteAddress: 'peer', reuseAddr: 'reuseAddress', highWaterMark: 'capacity' },
)
