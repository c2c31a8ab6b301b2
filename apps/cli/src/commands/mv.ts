/* `net mv`: moves or renames. */

import { isNetError, type RemoteEntry } from '@net/core'
import { netError } from '@net/core/authoring'
import type { TreePlace } from '@net/files'

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
      codes.push(await moveOne(call, from, landing(from, to, there)))
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

async function moveOne(call: Call, from: TreePlace, to: TreePlace): Promise<number> {
  const { options, output, signal } = call
  const occupied = await entryAt(call, to)
  if (occupied !== undefined && options.force !== true) {
    throw netError('NET_EXISTS', { message: `${to.path} is there already: --force replaces it` })
  }
  if (from.files.name === to.files.name) {
    if (options.dryRun !== true) {
      await from.files.rename(from.path, to.path, { replace: options.force === true, signal })
    }
    await output.result(
      { type: 'entry', path: from.path, action: 'rename', to: to.path },
      options.dryRun === true ? `rename ${output.name(`${from.path} to ${to.path}`)}` : undefined,
    )
    return 0
  }
  return acrossServers(call, from, to)
}

/** A copy, and the source is removed if all of it was copied. */
async function acrossServers(call: Call, from: TreePlace, to: TreePlace): Promise<number> {
  const { options, signal } = call
  const { copy } = await import('@net/files')
  const label = `${from.path} → ${to.path}`
  let left = 0
  const code = await toldTree(call, { verb: 'mv', label }, async (told) => {
    const moved = { symlinks: 'keep', ...definedOf(moveOptions(call)) } as const
    const report = await copy(from, to, { ...moved, ...told, recursive: true })
    left = report.skipped
    return report
  })
  if (left > 0 || options.exclude !== undefined || options.only !== undefined) {
    throw netError('NET_PARTIAL_TRANSFER', {
      message: `${from.path} was copied but for what was left out, and so it stays where it is`,
    })
  }
  if (code === 0 && options.dryRun !== true) {
    await from.files.remove(from.path, { recursive: true, signal })
  }
  return code
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
