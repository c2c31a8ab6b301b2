/* Ending a command that no call waits for any more: the program gets the chance to end by itself, and never more than a second. */

import { clock } from '@net/core/authoring'

import type { RemoteCommand } from './engine/ssh2-command.ts'

/** TERM, then the hang-up, then the end of the channel. Never rejects. */
export async function stopStepwise(command: RemoteCommand): Promise<void> {
  const steps = [() => command.signal('TERM'), () => command.hangUp(), () => command.close()]
  for (const step of steps) {
    step()
    if (await endsWithin(command, STEP)) return
  }
}

function endsWithin(command: RemoteCommand, delay: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock().after(delay, () => resolve(false))
    const ended = (): void => {
      timer.clear()
      resolve(true)
    }
    command.ended.then(ended, ended)
  })
}

const STEP = 250
