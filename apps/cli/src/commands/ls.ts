/* `net ls`: lists folders and files. */

import type { RemoteEntry } from '@net/core'
import type { TreePlace } from '@net/files'

import { addressOf, urlOf, type Address } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { Session } from '../session.ts'
import { entryEvent, entryLine } from './entry-text.ts'
import { matchesOf } from './matches.ts'

/** The entries of each folder, sorted by name; of a file, itself. */
export const ls: CommandRun = async (call) => {
  const places = call.args.length === 0 ? { ...call, args: ['.'] } : call
  await using session = new Session(call)
  const matches = await matchesOf(places, session)
  const codes: number[] = []
  for (const { address, place } of matches) {
    try {
      await listPlace(call, address, place)
      codes.push(0)
    } catch (error) {
      if (matches.length === 1 || call.signal.aborted) throw error
      codes.push(await tellError(error, `ls ${address.given}`, call.output))
    }
  }
  return exitCodeOfAll(codes)
}

async function listPlace(call: Call, address: Address, place: TreePlace): Promise<void> {
  const { options, signal } = call
  const { files, path } = place
  const root: RemoteEntry =
    path === ''
      ? { name: '', path, type: 'folder' }
      : await files.stat(path, { follow: true, signal })
  if (root.type !== 'folder') {
    await print(call, address, { entry: root, shown: root.name })
    return
  }
  const found: { readonly entry: RemoteEntry; readonly shown: string }[] = []
  if (options.recursive === true) {
    const { walk } = await import('@net/files')
    for await (const entry of walk(place, { signal })) {
      // Paths begin at the root of the tree.
      const shown = path === '' ? entry.path : entry.path.slice(path.length + 1)
      found.push({ entry, shown })
    }
  } else {
    for await (const entry of files.list(path, { signal })) found.push({ entry, shown: entry.name })
  }
  found.sort((a, b) => (a.shown < b.shown ? -1 : 1))
  for (const each of found) {
    if (options.all === true || !each.shown.startsWith('.')) await print(call, address, each)
  }
}

async function print(
  { options, output }: Call,
  address: Address,
  { entry, shown }: { readonly entry: RemoteEntry; readonly shown: string },
): Promise<void> {
  const path = fullPath(address, entry.path)
  const url = urlOf(address, path)
  const name = options.url === true ? url : output.name(shown)
  const line = options.long === true ? entryLine(entry, name) : name
  await output.result(entryEvent(entry, address, path), line)
}

/** Trees of this machine begin at the folder of what was named. */
function fullPath(address: Address, path: string): string {
  if (address.kind !== 'local') return path
  const parent = addressOf(`${address.path}/..`)
  return parent.kind === 'local' ? `${parent.path.replace(/\/$/, '')}/${path}` : path
}
