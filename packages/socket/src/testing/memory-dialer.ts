/* A network in memory, with listeners and dials that find them, for tests that must not touch the system's. */

import { formatEndpoint, type Endpoint } from '@net/core'
import {
  defineErrorTable,
  netError,
  option,
  optionsDoor,
  type ErrorTable,
} from '@net/core/authoring'

import { roadOperation } from '../dial-operation.ts'
import type { Dialer, TransportListener } from '../dialer.ts'
import type { Transport } from '../transport.ts'
import { memoryPair, type MemoryOptions } from './memory-pair.ts'

/** A network of its own: dials reach the listeners of the same dialer, and nothing else. */
export function memoryDialer(given?: Pick<MemoryOptions, 'capacity'>): Dialer {
  const options = memoryDoor(given)
  const listeners = new Map<string, MemoryListener>()
  let port = FIRST_PORT
  return {
    name: 'memory',
    dial(endpoint, dialOptions) {
      const spec = { protocol: 'memory', operation: 'dial', endpoint, errors }
      return roadOperation(spec, dialOptions, (op) =>
        op.phase('connect', async () => {
          const listener = listeners.get(formatEndpoint(endpoint))
          if (listener === undefined) {
            throw netError('NET_CONNECT_REFUSED', { message: 'the connection was refused' })
          }
          const [ours, theirs] = memoryPair({ ...options, endpoint })
          listener.connected(theirs)
          return ours
        }),
      )
    },
    async listen(endpoint) {
      const address = endpoint.port === 0 ? { ...endpoint, port: port++ } : endpoint
      const where = formatEndpoint(address)
      if (listeners.has(where)) {
        throw netError('NET_BIND_IN_USE', {
          message: 'the local address is in use',
          endpoint: where,
        })
      }
      const listener = new MemoryListener(address, () => void listeners.delete(where))
      listeners.set(where, listener)
      return listener
    },
  }
}

class MemoryListener implements TransportListener {
  readonly address: Endpoint
  readonly #forget: () => void
  readonly #queue: Transport[] = []
  #waiting: ((transport: Transport | null) => void) | undefined
  #closed = false

  constructor(address: Endpoint, forget: () => void) {
    this.address = address
    this.#forget = forget
  }

  connected(transport: Transport): void {
    if (this.#waiting === undefined) this.#queue.push(transport)
    else this.#waiting(transport)
    this.#waiting = undefined
  }

  accept(): Promise<Transport | null> {
    const next = this.#queue.shift()
    if (next !== undefined || this.#closed) return Promise.resolve(next ?? null)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#forget()
    for (const transport of this.#queue.splice(0)) transport.abort()
    this.#waiting?.(null)
    this.#waiting = undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const errors: ErrorTable = defineErrorTable([])
const FIRST_PORT = 1

const memoryDoor = optionsDoor<Pick<MemoryOptions, 'capacity'>>(
  { protocol: 'socket', call: 'memoryDialer' },
  { capacity: option.count },
)
