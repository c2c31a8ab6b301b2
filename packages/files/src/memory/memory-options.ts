/* What a tree in memory can be made to be: everything that servers are, also poor ones. */

import type { RemoteCapabilities, RemoteTimes } from '@net/core'
import {
  option,
  optionsDoor,
  shape,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'

/** What a tree in memory can do. Default what a local folder can. */
export type MemoryCapabilities = {
  readonly [K in Exclude<keyof RemoteCapabilities, 'times'>]?: RemoteCapabilities[K] | undefined
} & {
  /** `false` for entries without times. */
  readonly times?: RemoteTimes | false | undefined
}

/** A tree in memory: what is in it, and what it can do. */
export interface MemoryFilesOptions {
  /** Files by path; a text is stored as UTF-8. The folders above them are made. Default none. */
  readonly contents?: Readonly<Record<string, string | Uint8Array>> | undefined
  /** What it is called in messages and in state files. Default `memory:` and a number. */
  readonly name?: string | undefined
  /** What it can do, where that differs from what a local folder can. */
  readonly can?: MemoryCapabilities | undefined
}

/** What a tree in memory can do by default. */
export const memoryCapabilities: RemoteCapabilities = {
  letterCase: 'kept',
  unicodeForm: 'kept',
  forbidden: '',
  longestName: 255,
  rename: 'atomic',
  modes: true,
  times: { grain: 1, canSet: true, zone: 'utc' },
  links: true,
  hashes: ['sha256'],
  readOffsets: true,
  writeOffsets: 'rest',
  calls: 16,
}

const timesOrFalse: Shape<RemoteTimes | false> = shape(
  'false, or an object with grain, canSet and zone',
  (value) => value === false || option.isObject(value),
)

const capabilities: OptionTable<MemoryCapabilities> = {
  letterCase: option.oneOf('kept', 'ignored'),
  unicodeForm: option.oneOf('kept', 'NFC', 'NFD', 'ignored'),
  forbidden: option.text,
  longestName: option.count,
  rename: option.oneOf('atomic', 'replaces', 'none'),
  modes: option.flag,
  times: timesOrFalse,
  links: option.flag,
  hashes: option.list(option.text),
  readOffsets: option.flag,
  writeOffsets: option.either<boolean | 'rest'>([option.flag, option.oneOf('rest')]),
  calls: option.count,
}

/** The options of a tree in memory, checked. */
export const memoryDoor: OptionsDoor<MemoryFilesOptions> = optionsDoor<MemoryFilesOptions>(
  { call: 'memoryFiles' },
  {
    contents: option.record(option.either<string | Uint8Array>([option.text, option.binary])),
    name: option.text,
    can: shape('an object of capabilities', option.isObject),
  },
)

/** What the tree can do: what it was told, over the rest. */
export function capabilitiesOf(given: MemoryCapabilities = {}): RemoteCapabilities {
  const { times = memoryCapabilities.times, ...taken } = capabilityDoor(given)
  const { times: _, ...rest } = memoryCapabilities
  return Object.freeze({
    ...rest,
    ...taken,
    ...(times === false || times === undefined ? {} : { times }),
  })
}

const capabilityDoor: OptionsDoor<MemoryCapabilities> = optionsDoor<MemoryCapabilities>(
  { call: 'memoryFiles' },
  capabilities,
)
