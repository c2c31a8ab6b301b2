/* `net mkdir`: makes folders. */

import type { CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { Session } from '../session.ts'
import { matchesOf } from './matches.ts'

/** Each folder; one that is there is an error without `-p`. */
export const mkdir: CommandRun = async (call) => {
  const { options, output, signal } = call
  await using session = new Session(call)
  const codes: number[] = []
  for (const { address, place } of await matchesOf(call, session)) {
    try {
      if (options.dryRun !== true) {
        await place.files.mkdir(place.path, { recursive: options.parents === true, signal })
      }
      await output.result(
        { type: 'entry', path: place.path, kind: 'folder', action: 'make' },
        options.dryRun === true ? `make ${output.name(address.given)}` : undefined,
      )
      codes.push(0)
    } catch (error) {
      if (call.args.length === 1 || signal.aborted) throw error
      codes.push(await tellError(error, `mkdir ${address.given}`, output))
    }
  }
  return exitCodeOfAll(codes)
}
