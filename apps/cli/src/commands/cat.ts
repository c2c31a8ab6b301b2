/* `net cat`: prints files one after the other. */

import type { CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { matchesOf } from './matches.ts'

/** The bytes of each file as they are; on a terminal, harmless text. */
export const cat: CommandRun = async (call) => {
  const { output, signal } = call
  if (output.json) throw new UsageError('cat prints bytes, which --json cannot hold: give get')
  await using session = new Session(call)
  const codes: number[] = []
  const matches = await matchesOf(call, session)
  for (const { place, address } of matches) {
    try {
      await output.contents(place.files.read(place.path, { signal }))
      codes.push(0)
    } catch (error) {
      if (matches.length === 1 || signal.aborted) throw error
      codes.push(await tellError(error, `cat ${address.given}`, output))
    }
  }
  return exitCodeOfAll(codes)
}
