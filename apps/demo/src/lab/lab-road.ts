/*
 * The road of the lab's scenarios: TCP, and what a bad network does to the next connection once a button has armed it. The
 * servers at its end know nothing of it.
 */

import { tcpDialer, type Dialer } from '@net/socket'
import { faulty, type FaultPlan } from '@net/socket/testing'

/** A road that can be given faults. */
export interface LabRoad {
  readonly dialer: Dialer
  /** What can happen to the next connection, by the label of its button. */
  readonly faults: Readonly<Record<string, () => void>>
  /** The connections that were made over it, and what befell them; the first one first. */
  readonly made: readonly RoadConnection[]
}

/** A connection over the road. */
export interface RoadConnection {
  /** As `host:port`. */
  readonly to: string
  readonly fault: string
}

/** A road without faults. */
export function labRoad(): LabRoad {
  const tcp = tcpDialer()
  const armed: string[] = []
  const made: RoadConnection[] = []
  return {
    dialer: {
      name: 'lab',
      dial({ host, port, ...rest }, options) {
        const fault = armed.shift()
        made.push({ to: `${host}:${port}`, fault: fault ?? 'none' })
        if (made.length > MOST) made.shift()
        const plan = PLANS.get(fault ?? '')
        const road = plan === undefined ? tcp : faulty(tcp, plan)
        return road.dial({ host, port, ...rest }, options)
      },
    },
    faults: Object.fromEntries(
      [...PLANS.keys()].map((name) => [name, () => void armed.push(name)]),
    ),
    made,
  }
}

const MOST = 200
const PLANS: ReadonlyMap<string, FaultPlan> = new Map([
  ['refuse the connection', { do: 'refuse' }],
  ['lose it after 300 bytes', { after: 300, do: 'drop' }],
  ['reset it after 300 bytes', { after: 300, do: 'reset' }],
  ['another byte for the 50th', { after: 49, do: 'corrupt' }],
  ['all of it half a second late', { do: { delay: 500 } }],
  ['no more than 20 kB a second', { do: { throttle: 20_000 } }],
] satisfies [string, FaultPlan][])
