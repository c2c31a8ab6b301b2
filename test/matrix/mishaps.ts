// What happens on a road with any protocol: nobody answers, every byte is late, bytes trickle, one of them changes. The road is
// made faulty beneath the protocol and its TLS, so that the same comes of it whatever the road is.
import type { Dialer } from '@net/socket'
import { faulty, type FaultPlan } from '@net/socket/testing'

import type { MatrixProtocol } from './protocol.ts'

/** Something that happens on the road. */
export interface Mishap {
  readonly name: string
  /** Whether a limit is to end the call. */
  readonly isSilent: boolean
  readonly plan: FaultPlan
  readonly outcomes: readonly string[]
}

/** How many bytes one connection brought and took. */
export interface Moved {
  received: number
  sent: number
}

/** The same dialer, which counts what its first connection moves. */
export function counted(dialer: Dialer, moved: Moved): Dialer {
  let isFirst = true
  return {
    name: `counted ${dialer.name}`,
    async dial(endpoint, options) {
      const transport = await dialer.dial(endpoint, options)
      if (!isFirst) return transport
      isFirst = false
      return {
        info: transport.info,
        async read() {
          const chunk = await transport.read()
          moved.received += chunk?.length ?? 0
          return chunk
        },
        write(chunks) {
          for (const { length } of chunks) moved.sent += length
          return transport.write(chunks)
        },
        end: () => transport.end(),
        close: () => transport.close(),
        abort: (reason) => transport.abort(reason),
        ...(transport.flush === undefined
          ? {}
          : { flush: () => transport.flush?.() as Promise<void> }),
      }
    },
  }
}

/** The road on which it happens. */
export function stricken(dialer: Dialer, { plan }: Mishap): Dialer {
  return faulty(dialer, plan)
}

/** All that can happen, to a call that moves so much where nothing does. */
export function mishapsOf<Fault>(
  { corrupt }: MatrixProtocol<Fault>,
  { received, sent }: Moved,
  isSealed: boolean,
): readonly Mishap[] {
  const damage = isSealed ? corrupt.sealed : corrupt.plain
  return [
    told('refuse', { do: 'refuse' }, 'ConnectError NET_CONNECT_REFUSED connect safe'),
    {
      ...told('black-hole', { do: 'black-hole' }, 'TimeoutError NET_TIMEOUT_CONNECT connect safe'),
      isSilent: true,
    },
    ...(['receive', 'send'] as const).flatMap((on) => [
      slow('delay', on, { do: { delay: 50 } }),
      slow('jitter', on, { do: { jitter: 5 } }),
      slow('throttle', on, { do: { throttle: 2_000_000 } }),
      slow('drip', on, {
        // A byte each millisecond: the last ones of the connection that was counted only.
        after: Math.max((on === 'receive' ? received : sent) - DRIPPED, 0),
        times: 1,
        do: { drip: 1 },
      }),
    ]),
    ...(damage === undefined
      ? []
      : [told('corrupt', { after: corrupt.after(received), do: 'corrupt' }, ...damage)]),
  ]
}

/** All of a connection's bytes are slow, and still it is whole. */
function slow(name: string, on: 'receive' | 'send', plan: FaultPlan): Mishap {
  return told(`${name} what we ${on}`, { on, times: ALL, ...plan }, 'whole')
}

function told(name: string, plan: FaultPlan, ...outcomes: readonly string[]): Mishap {
  return { name: `${name} on the road`, isSilent: false, plan, outcomes }
}

const DRIPPED = 200
// Of one call: FTP has connections for its data.
const ALL = 100
