/* `net mirror`: makes one folder like another. */

import { UsageError } from '../usage-error.ts'
import { addressOf } from '../address.ts'
import type { CommandRun } from '../call.ts'
import { Session } from '../session.ts'
import { rolesOf, sidesOf } from './cp.ts'
import { moveOptions, toldTree, TREE_CONNECTIONS } from './tree-options.ts'

/** A slash at the end changes nothing, on either side; nothing is removed without `--delete`. */
export const mirror: CommandRun = async (call) => {
  const { sources, target } = sidesOf(call)
  const [source] = sources
  if (source === undefined || source.kind === 'http') {
    throw new UsageError('web servers have no folders to mirror')
  }
  const { concurrency = TREE_CONNECTIONS } = call.options
  await using session = new Session(call, { connections: Math.min(concurrency, TREE_CONNECTIONS) })
  const roles = rolesOf(call)
  const [from, to] = [
    await session.place(source, roles.source),
    { ...(await session.place(target, roles.target)), mustBeFolder: false },
  ]
  const files = await import('@net/files')
  const { delete: removes, state } = call.options
  const kept = state === undefined ? {} : { state: await session.place(addressOf(state)) }
  const label = `${source.given} → ${target.given}`
  return await toldTree(call, { verb: 'mirror', label, target }, (told) =>
    files.mirror(from, to, { ...moveOptions(call), ...told, ...kept, delete: removes }),
  )
}
