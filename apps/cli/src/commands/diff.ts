/* `net diff`: in what two folders differ. */

import type { CommandRun } from '../call.ts'
import { errorEvent, messageOf } from '../output/error-page.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { rolesOf, sidesOf } from './cp.ts'
import { treeOptions, TREE_CONNECTIONS } from './tree-options.ts'

/** One line for each difference; exit code 1 if there are any. */
export const diff: CommandRun = async (call) => {
  const { sources, target } = sidesOf(call)
  const [source] = sources
  if (source === undefined || source.kind === 'http') {
    throw new UsageError('web servers have no folders to compare')
  }
  await using session = new Session(call, { connections: TREE_CONNECTIONS })
  const roles = rolesOf(call)
  const from = await session.place(source, roles.source)
  const to = await session.place(target, roles.target)
  const files = await import('@net/files')
  // Who asks for sizes alone knows that they do not tell all.
  const bySize = call.options.compare === 'size'
  const all = await files.diff(from, to, treeOptions(call))
  const found = bySize ? all.filter(({ difference }) => difference !== 'uncertain') : all
  for (const { path, type, difference, certain, error } of found) {
    const why = error === undefined ? '' : `: ${messageOf(error)}`
    await call.output.result(
      {
        type: 'difference',
        path,
        kind: type,
        difference,
        certain,
        ...(error === undefined ? {} : { error: errorEvent(error) }),
      },
      `${call.output.name(path)}: ${difference}${why}`,
    )
  }
  return found.length === 0 ? 0 : 1
}
