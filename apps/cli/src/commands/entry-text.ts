/* An entry of a folder, for people and for programs. */

import type { RemoteEntry } from '@net/core'

import { urlOf, type Address } from '../address.ts'
import type { JsonEvent } from '../output/output.ts'
import { dateText } from '../output/units.ts'

/** The object of `--json`; its keys are only added to. */
export function entryEvent(entry: RemoteEntry, address: Address, path?: string): JsonEvent {
  const { name, type, size, modified, mode, target } = entry
  const bytes: unknown = Reflect.get(entry, 'nameBytes')
  return {
    type: 'entry',
    name,
    kind: type,
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified: new Date(modified).toISOString() }),
    ...(mode === undefined ? {} : { mode: (mode & 0o7777).toString(8).padStart(4, '0') }),
    ...(target === undefined ? {} : { target }),
    // A name that is not UTF-8 has its bytes beside it.
    ...(bytes instanceof Uint8Array ? { raw: Buffer.from(bytes).toString('base64') } : {}),
    url: urlOf(address, path ?? entry.path),
  }
}

/** The line of `ls -l`; `name` is what is shown of its name. */
export function entryLine({ type, size, modified, mode }: RemoteEntry, name: string): string {
  const kind = KINDS[type]
  const bits = mode === undefined ? '    ' : (mode & 0o7777).toString(8).padStart(4, '0')
  const bytes = type === 'folder' || size === undefined ? '' : String(size)
  return `${kind} ${bits} ${bytes.padStart(12)} ${dateText(modified).padEnd(16)} ${name}`
}

const KINDS: Readonly<Record<RemoteEntry['type'], string>> = {
  file: '-',
  folder: 'd',
  link: 'l',
  other: '?',
}
