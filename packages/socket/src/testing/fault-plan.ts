/* What goes wrong on a road, and when. It must not know how it is done. */

import {
  option,
  optionsDoor,
  optionsObject,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

/** A road that is slow: one byte each so many milliseconds, so many bytes a second, or each piece up to so many milliseconds late. */
export type Slowness =
  | { readonly drip: number }
  | { readonly throttle: number }
  | { readonly jitter: number }

/** One fault. */
export interface FaultPlan {
  /** Which bytes count and suffer: those that we receive, or those that we send. Default 'receive'. */
  readonly on?: 'receive' | 'send' | undefined
  /** After so many bytes; default 0, before the first. */
  readonly after?: number | undefined
  /** How many connections suffer it, from the first on; default 1. */
  readonly times?: number | undefined
  /**
   * `refuse`: the dial is refused. `black-hole`: the dial is never answered. `drop`: the connection has ended as if the peer had
   * closed it, so that what follows is missing. `reset`: it is reset. `stall`: not one more byte moves. `half-close`: that
   * direction ends, the other goes on. `corrupt`: the next byte is another one. `garbage`: what follows is replaced by
   * nonsense of the same length. `{ delay }`: what follows comes so many milliseconds later. `{ drip }`: it comes one
   * byte each so many milliseconds. `{ throttle }`: it comes at so many bytes a second. `{ jitter }`: each piece comes up to so
   * many milliseconds late, the same ones each time.
   */
  readonly do:
    | 'refuse'
    | 'black-hole'
    | 'drop'
    | 'reset'
    | 'stall'
    | 'half-close'
    | 'corrupt'
    | 'garbage'
    | { readonly delay: number }
    | Slowness
}

/** Whether it happens before there is a connection. */
export function isOfDial({ do: what }: FaultPlan): boolean {
  return what === 'refuse' || what === 'black-hole'
}

/** What happens to a connection. */
const faultAction: Shape<FaultPlan['do']> = option.either<FaultPlan['do']>(
  [
    option.oneOf(
      'refuse',
      'black-hole',
      'drop',
      'reset',
      'stall',
      'half-close',
      'corrupt',
      'garbage',
    ),
    slowness('delay', option.milliseconds),
    slowness('drip', option.milliseconds),
    slowness('throttle', option.count),
    slowness('jitter', option.milliseconds),
  ],
  "'refuse', 'black-hole', 'drop', 'reset', 'stall', 'half-close', 'corrupt', 'garbage', { delay }, { drip }, { throttle } or { jitter }",
)

/** Reads one plan. Throws `NET_BAD_OPTION`. */
export const faultDoor: OptionsDoor<FaultPlan> = optionsDoor<FaultPlan>(
  { protocol: 'socket', call: 'faulty' },
  {
    on: option.oneOf('receive', 'send'),
    after: option.bytes,
    times: option.count,
    do: option.required(faultAction),
  },
)

/** An object with this one number. */
function slowness<K extends string>(
  name: K,
  of: Shape<number>,
): Shape<Readonly<Record<K, number>>> {
  const object = optionsObject<Record<K, number>>({ [name]: option.required(of) } as never)
  return {
    ...object,
    fits: (value) => option.isObject(value) && Object.hasOwn(value, name),
    take: (value, key, within) => object.take(value, key, within),
  }
}
