/* Plays a proxy to a codec, in pieces of any size. */

import type { NetError } from '@net/core'

import type { ProxyDialogue } from '../../src/proxy/proxy-dialogue.ts'

/** What a codec said in turn, and what it took for the endpoint's own bytes. */
export interface Talk {
  readonly said: readonly Uint8Array[]
  readonly rest?: Uint8Array
}

/** Gives the answers one by one, each cut into pieces of `size` bytes. */
export function talk(
  dialogue: ProxyDialogue,
  answers: readonly (readonly number[])[],
  size: number = Infinity,
): Talk {
  const said = [dialogue.opening]
  for (const answer of answers) {
    for (const piece of pieces(Uint8Array.from(answer), size)) {
      const { send, rest } = dialogue.receive(piece)
      if (send !== undefined) said.push(send)
      if (rest !== undefined) return { said, rest }
    }
  }
  return { said }
}

/** The code with which a codec throws; undefined if it does not. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as NetError).code
  }
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const cut: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size))
  return cut
}
