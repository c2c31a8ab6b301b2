// Brings any road to servers that listen on TCP: behind each dialed endpoint a listener of the road passes the bytes on
// to the port, ends as ends and resets as resets.
import type { Endpoint } from '@net/core'
import { tcpDialer, type Dialer, type Transport, type TransportListener } from '@net/socket'

/** A dialer whose connections reach the TCP ports that they are dialed for. */
export interface Relay extends AsyncDisposable {
  readonly dialer: Dialer
}

/** The road, with a listener for every endpoint that is dialed; `place` says where on the road it stands. */
export function relayed(road: Dialer, place: (endpoint: Endpoint) => Endpoint): Relay {
  const listeners = new Map<number, Promise<TransportListener>>()
  const listenFor = async (endpoint: Endpoint): Promise<TransportListener> => {
    const listener = await road.listen!(place(endpoint))
    void passOn(listener, endpoint)
    return listener
  }
  return {
    dialer: {
      name: `relayed ${road.name}`,
      async dial(endpoint, options) {
        const listener = listeners.get(endpoint.port) ?? listenFor(endpoint)
        listeners.set(endpoint.port, listener)
        return bare(await road.dial((await listener).address, options), endpoint)
      },
    },
    async [Symbol.asyncDispose]() {
      for (const listener of listeners.values()) await (await listener).close()
    },
  }
}

/** A transport without a socket to see, and to the endpoint that was asked for. */
export function bare(transport: Transport, endpoint: Endpoint): Transport {
  return {
    info: { ...transport.info, endpoint },
    read: () => transport.read(),
    write: (chunks) => transport.write(chunks),
    end: () => transport.end(),
    close: () => transport.close(),
    abort: (reason) => transport.abort(reason),
    ...(transport.closed === undefined ? {} : { closed: transport.closed }),
  }
}

async function passOn(listener: TransportListener, { port }: Endpoint): Promise<void> {
  for (let near = await listener.accept(); near !== null; near = await listener.accept()) {
    void join(near, port)
  }
}

async function join(near: Transport, port: number): Promise<void> {
  try {
    const far = await tcpDialer().dial({ scheme: 'tcp', host: '127.0.0.1', port })
    await Promise.all([pump(near, far), pump(far, near)])
    await Promise.all([near.close(), far.close()])
  } catch (error) {
    near.abort(error)
  }
}

async function pump(from: Transport, to: Transport): Promise<void> {
  try {
    for (let chunk = await from.read(); chunk !== null; chunk = await from.read()) {
      await to.write([chunk])
    }
    await to.end()
  } catch (error) {
    from.abort(error)
    to.abort(error)
  }
}
