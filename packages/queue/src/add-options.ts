/* The options of adding a job, and the door that they pass. */

import type { CallOptions } from '@net/core'
import { option, optionsDoor, shape, type OptionsDoor, type Shape } from '@net/core/authoring'

/** Options of `add`. Times are in milliseconds. */
export interface AddOptions extends CallOptions {
  /** Its name among the jobs of the queue, at most 512 bytes. Default a random one. */
  readonly id?: string | undefined
  /** It is not started before; at most 10 years. Default 0. */
  readonly delay?: number | undefined
  /** Higher ones start first; a whole number from -1,000 to 1,000. Default 0. */
  readonly priority?: number | undefined
  /** How many attempts it has. Default 3. */
  readonly attempts?: number | undefined
  /** When it must have ended, from now on: it is not started later, and its handler's signal aborts. Default none. */
  readonly deadline?: number | undefined
  /** Whose job it is, such as a customer or a host, for the limits `perGroup`; at most 512 bytes. */
  readonly group?: string | undefined
  /** The W3C trace context of what asks for the job. */
  readonly traceparent?: string | undefined
}

const TEN_YEARS = 3653 * 86_400_000
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/u

/** The name of a job or of a group. */
export const jobName: Shape<string> = shape(
  'a string of 1 to 512 bytes, well-formed',
  (value) =>
    typeof value === 'string' &&
    value !== '' &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= 512,
)

/** The door of `add`. */
export const addOptions: OptionsDoor<AddOptions> = optionsDoor<AddOptions>(
  {},
  {
    ...option.perCall,
    id: jobName,
    delay: shape(
      'a number of milliseconds from 0 to those of ten years',
      (value) => typeof value === 'number' && value >= 0 && value <= TEN_YEARS,
    ),
    priority: option.between(-1000, 1000),
    attempts: option.between(1, 1_000_000),
    deadline: option.limit,
    group: jobName,
    traceparent: shape(
      "a W3C trace context, such as '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'",
      (value) => typeof value === 'string' && TRACEPARENT.test(value),
    ),
  },
)

/** The door of calls without options of their own. */
export const callOptions: OptionsDoor<CallOptions> = optionsDoor<CallOptions>({}, option.perCall)
