/* `net mv`: moves or renames. */

import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join, parse, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isNetError, type RemoteEntry } from '@net/core'
import { netError } from '@net/core/authoring'
import type { TreePlace, TreeReport } from '@net/files'

import { wholePathOf, type Address } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { rolesOf, sidesOf } from './cp.ts'
import { moveOptions, toldTree, TREE_CONNECTIONS } from './tree-options.ts'

/** Within one server by its own rename; elsewhere a copy, and the source is removed when all of it is there. */
export const mv: CommandRun = async (call) => {
  const { sources, target } = sidesOf(call)
  if (sources.some(({ kind }) => kind === 'http' || kind === 'stream')) {
    throw new UsageError('only files and folders can be moved: cp copies')
  }
  for (const source of sources) refuseTwoRoots(call, source, target)
  await using session = new Session(call, { connections: TREE_CONNECTIONS })
  const roles = rolesOf(call)
  const to = await session.place(target, roles.target)
  const there = await entryAt(call, to)
  const needsFolder = to.mustBeFolder || sources.length > 1
  if (needsFolder && there?.type !== 'folder') {
    throw netError('NET_NOT_FOUND', { message: `there is no folder ${target.given}` })
  }
  const codes: number[] = []
  for (const source of sources) {
    try {
      const from = await session.place(source, roles.source)
      codes.push(await moveOne(call, { source, from, target, to: landing(from, to, there) }))
    } catch (error) {
      if (sources.length === 1 || call.signal.aborted) throw error
      codes.push(await tellError(error, `mv ${source.given}`, call.output))
    }
  }
  return exitCodeOfAll(codes)
}

/** As `mv` does: into a folder that is there, else under that name. */
function landing(from: TreePlace, to: TreePlace, there: RemoteEntry | undefined): TreePlace {
  if (there?.type !== 'folder') return to
  const name = from.path.split('/').at(-1) ?? ''
  return { ...to, path: to.path === '' ? name : `${to.path}/${name}`, mustBeFolder: false }
}

/** By its two names a file would seem to be there already, and be removed as the source. */
function refuseTwoRoots({ options }: Call, source: Address, target: Address): void {
  if (!('server' in source) || !('server' in target) || source.root === target.root) return
  const isOne = source.server === target.server && userOf(source) === userOf(target)
  if (!isOne) return
  throw new UsageError('give both paths from the root, or both from the login folder')

  function userOf({ user = options.user }: { readonly user: string | undefined }): string {
    return user ?? ''
  }
}

/** From where to where, and how both were named. */
interface Move {
  readonly source: Address
  readonly from: TreePlace
  readonly target: Address
  readonly to: TreePlace
}

async function moveOne(call: Call, move: Move): Promise<number> {
  const { options, output } = call
  const { source, from, target, to } = move
  const occupied = await entryAt(call, to)
  if (occupied !== undefined && options.force !== true) {
    throw netError('NET_EXISTS', { message: `${to.path} is there already: --force replaces it` })
  }
  if (!(await isRenamed(call, from, to))) return acrossServers(call, { ...move, occupied })
  const shown = `${wholePathOf(source, from.path)} to ${wholePathOf(target, to.path)}`
  await output.result(
    { type: 'entry', path: from.path, action: 'rename', to: to.path },
    options.dryRun === true ? `rename ${output.name(shown)}` : undefined,
  )
  return 0
}

/** Renames where that can be done; false elsewhere. */
async function isRenamed(call: Call, from: TreePlace, to: TreePlace): Promise<boolean> {
  const { options, signal } = call
  const [one, other] = await inOneTree(from, to)
  if (one.files !== other.files) return false
  if (options.dryRun === true) return true
  try {
    await one.files.rename(one.path, other.path, { replace: options.force === true, signal })
    return true
  } catch (error) {
    if (isNetError(error) && isAcrossDevices(error.cause)) return false
    throw error
  }
}

function isAcrossDevices(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EXDEV'
}

/** Places of this machine have a tree each; from the root on they have one. */
async function inOneTree(from: TreePlace, to: TreePlace): Promise<readonly [TreePlace, TreePlace]> {
  const { localFiles } = await import('@net/files')
  const [one, other] = [await localPath(from), await localPath(to)]
  if (one === undefined || other === undefined) return [from, to]
  const { root } = parse(one)
  if (root !== parse(other).root) return [from, to]
  const files = localFiles(root)
  const below = (path: string): string => relative(root, path).split(sep).join('/')
  return [
    { ...from, files, path: below(one) },
    { ...to, files, path: below(other) },
  ]
}

/** Undefined for a place that is not of this machine, or whose folder is not there. */
async function localPath({ files, path }: TreePlace): Promise<string | undefined> {
  if (!files.name.startsWith('file:')) return undefined
  const folder = await realpath(fileURLToPath(files.name)).catch(() => undefined)
  return folder === undefined ? undefined : join(folder, path)
}

interface Across extends Move {
  readonly occupied: RemoteEntry | undefined
}

/** A copy, and the source is removed if all of it was copied, and is still what was copied. */
async function acrossServers(call: Call, across: Across): Promise<number> {
  const { options, signal } = call
  const { from, target, to, occupied } = across
  const { copy, diff } = await import('@net/files')
  if (occupied?.type === 'folder') {
    throw netError('NET_EXISTS', {
      message: `${to.path} is a folder already, and mv joins no folders: cp -r or mirror does`,
    })
  }
  const label = `${from.path} → ${to.path}`
  const { type } = await from.files.stat(from.path, { signal })
  // By its size and time alone another file could be taken for the one that is about to go.
  const compare = occupied === undefined ? options.compare : 'hash'
  let left = 0
  const code = await toldTree(call, { verb: 'mv', label, target }, async (told) => {
    const moved = { symlinks: 'keep', ...definedOf({ ...moveOptions(call), compare }) } as const
    const report = await copy(from, to, { ...moved, ...told, recursive: true })
    left = leftOf(report)
    return report
  })
  if (left > 0 || options.exclude !== undefined || options.only !== undefined) {
    throw stays(from, 'was copied but for what was left out')
  }
  if (code !== 0 || options.dryRun === true) return code
  if (type === 'folder') {
    const all = await diff(from, to, { symlinks: options.links ?? 'keep', signal })
    if (all.some(({ difference }) => difference !== 'uncertain')) {
      throw stays(from, 'has changed while it was copied')
    }
  }
  await removeSource(call, across)
  return 0
}

/** Two addresses may lead to one file of one server, which would be gone with the source: so the source is first taken aside. */
async function removeSource({ signal }: Call, { from, to, occupied }: Across): Promise<void> {
  const { files, path } = from
  if (occupied === undefined) return files.remove(path, { recursive: true, signal })
  const aside = `${path}.net-${randomUUID().slice(0, 8)}.part`
  await files.rename(path, aside, { signal })
  try {
    await to.files.stat(to.path, { follow: true, signal })
  } catch (error) {
    await files.rename(aside, path)
    if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') throw error
    throw netError('NET_EXISTS', { message: `${to.path} is the same file by another name` })
  }
  await files.remove(aside, { recursive: true, signal })
}

/** How many entries have not arrived: left out, or kept from what is newer on the target. */
function leftOf({ skipped, entries }: TreeReport): number {
  return skipped + entries.filter(({ action, why }) => action === 'keep' && why !== 'same').length
}

function stays({ path }: TreePlace, what: string): Error {
  return netError('NET_PARTIAL_TRANSFER', {
    message: `${path} ${what}, and so it stays where it is`,
  })
}

function definedOf<T extends object>(options: T): Partial<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Partial<T>
}

async function entryAt({ signal }: Call, place: TreePlace): Promise<RemoteEntry | undefined> {
  const { files, path } = place
  if (path === '') return { name: '', path, type: 'folder' }
  try {
    return await files.stat(path, { follow: true, signal })
  } catch (error) {
    if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
    throw error
  }
}
