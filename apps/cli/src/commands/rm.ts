/* `net rm`: removes files and folders. */

import { netError } from '@net/core/authoring'

import { wholePathOf } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { confirm } from '../prompt.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { matchesOf, type Match } from './matches.ts'

/** Each place in its turn. A pattern that fits several asks first, or needs `--yes`. */
export const rm: CommandRun = async (call) => {
  for (const given of call.args) {
    // As everywhere: what is meant is nearly always what is in it.
    if (/(?:^|\/)\.{1,2}\/*$/.test(given)) throw new UsageError(`${given} is not removed: name it`)
  }
  await using session = new Session(call)
  const matches = await matchesOf(call, session)
  if (call.options.glob === true && matches.length > 1) await checkMeant(call, matches)
  const codes: number[] = []
  for (const match of matches) {
    try {
      await removeOne(call, match)
      codes.push(0)
    } catch (error) {
      if (matches.length === 1 || call.signal.aborted) throw error
      codes.push(await tellError(error, `rm ${match.place.path}`, call.output))
    }
  }
  return exitCodeOfAll(codes)
}

async function removeOne(
  { options, output, signal }: Call,
  { address, place }: Match,
): Promise<void> {
  const { files, path } = place
  if (path === '') throw new UsageError('the root itself is not removed')
  const entry = await files.stat(path, { signal })
  if (entry.type === 'folder' && options.recursive !== true) {
    throw netError('NET_BAD_OPTION', { message: `${path} is a folder: give -r` })
  }
  if (options.dryRun !== true) {
    await files.remove(path, { recursive: entry.type === 'folder', signal })
  }
  await output.result(
    { type: 'entry', path, kind: entry.type, action: 'remove' },
    options.dryRun === true ? `remove ${output.name(wholePathOf(address, path))}` : undefined,
  )
}

async function checkMeant(call: Call, matches: readonly Match[]): Promise<void> {
  if (call.options.yes === true || call.options.dryRun === true) return
  const names = matches.slice(0, 5).map(({ place }) => place.path)
  const more = matches.length > names.length ? ', …' : ''
  const what = `${matches.length} entries (${names.join(', ')}${more})`
  const isMeant = await confirm(call.io, {
    text: `remove ${what}? [y/N] `,
    otherwise: `the pattern fits ${what}, and there is no terminal to ask at: give --yes`,
    signal: call.signal,
  })
  if (!isMeant) throw new UsageError('nothing was removed')
}
