/* `net cp`: copies files and folders between any two places. */

import { randomUUID } from 'node:crypto'

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import type { TreePlace } from '@net/files'

import { addressOf, wholePathOf, type Address } from '../address.ts'
import { askersAmong } from '../askers.ts'
import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { bytesText } from '../output/units.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { refuseOneName } from './one-name.ts'
import { moveOptions, toldTree, TREE_CONNECTIONS } from './tree-options.ts'

/** Copies each source where `cp` would; a part that an earlier run left is gone on with. */
export const cp: CommandRun = async (call) => {
  const { sources, target } = sidesOf(call)
  const connections = call.options.recursive === true ? TREE_CONNECTIONS : 1
  await using session = new Session(call, { connections })
  const roles = rolesOf(call)
  const to = await session.place(target, roles.target)
  if (sources.length > 1) await checkFolder(to, target, call)
  const codes: number[] = []
  for (const source of sources) {
    try {
      codes.push(await copyOne(call, session, { source, to, role: roles.source, target }))
    } catch (error) {
      if (sources.length === 1 || call.signal.aborted) throw error
      codes.push(await tellError(error, `cp ${source.given}`, call.output))
    }
  }
  return exitCodeOfAll(codes)
}

/** The arguments as sources and a target. Throws `UsageError`. */
export function sidesOf({ args }: Call): {
  readonly sources: readonly Address[]
  readonly target: Address
} {
  const addresses = args.map(addressOf)
  const target = addresses.at(-1)
  if (target === undefined || addresses.length < 2) throw new UsageError('a target is missing')
  if (target.kind === 'http') throw new UsageError('a web server takes no copies: post sends data')
  const sources = addresses.slice(0, -1)
  refuseOneName(sources)
  return { sources, target }
}

/** Which variable has whose password: two servers that may ask for one never get the same. */
export function rolesOf({ args, options }: Call): {
  readonly source: 'only' | 'source'
  readonly target: 'only' | 'target'
} {
  const servers = askersAmong(args.map(addressOf), { options })
  return servers.size > 1
    ? { source: 'source', target: 'target' }
    : { source: 'only', target: 'only' }
}

interface Pair {
  readonly source: Address
  readonly to: TreePlace
  readonly target: Address
  readonly role: 'only' | 'source'
}

async function copyOne(
  call: Call,
  session: Session,
  { source, to, target, role }: Pair,
): Promise<number> {
  if (source.kind === 'stream') return fromInput(call, to, target)
  const from = await session.place(source, role)
  const { copy } = await import('@net/files')
  const { recursive } = call.options
  const label = `${source.given} → ${target.given}`
  return toldTree(call, { verb: 'cp', label, target }, (told) =>
    copy(from, to, { ...moveOptions(call), ...told, recursive }),
  )
}

/** Standard input under a part's name until it has ended well, then under its own. */
async function fromInput(
  { io, output, signal, options }: Call,
  to: TreePlace,
  target: Address,
): Promise<number> {
  const { files, path, mustBeFolder } = to
  if (mustBeFolder || path === '') throw new UsageError('standard input needs the name of a file')
  if (options.dryRun === true) {
    const shown = output.name(wholePathOf(target, path))
    await output.result({ type: 'entry', path, action: 'make' }, `make ${shown}`)
    return 0
  }
  await refuseLink(to, signal)
  const part = `${path}.net-${randomUUID().slice(0, 8)}.part`
  let size = 0
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of io.stdin as AsyncIterable<Uint8Array>) {
      size += chunk.length
      yield chunk
    }
  }
  try {
    await files.write(part, counted(), { signal })
    await files.rename(part, path, { replace: true, signal })
  } catch (error) {
    // Standard input cannot be read again: the part is of no use.
    await files.remove(part).catch(() => {})
    throw error
  }
  await output.event({ type: 'entry', path, kind: 'file', action: 'make', size })
  output.note(`1 made, ${bytesText(size)} moved`)
  return 0
}

/** As every other copy, this one puts nothing in the place of a link. */
async function refuseLink({ files, path }: TreePlace, signal: AbortSignal): Promise<void> {
  try {
    const { type } = await files.stat(path, { signal })
    if (type !== 'link') return
  } catch (error) {
    if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') throw error
    return
  }
  throw netError('NET_EXISTS', { message: `${path}: a link is in the way` })
}

async function checkFolder({ files, path }: TreePlace, target: Address, call: Call): Promise<void> {
  const { signal } = call
  try {
    const entry = path === '' ? undefined : await files.stat(path, { follow: true, signal })
    if (entry === undefined || entry.type === 'folder') return
  } catch (error) {
    if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') throw error
  }
  throw new UsageError(`${target.given} is no folder, and there are several sources`)
}
