import { expect, test } from 'vitest'

import type { BodyPieces } from '../../src/connection.ts'
import { BodySender } from '../../src/http1/body-sender.ts'

async function told(length: number | undefined, pieces: readonly string[]): Promise<unknown[]> {
  const story: unknown[] = []
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece)
    story.push('end')
  }
  const write = (parts: readonly Uint8Array[]): undefined => {
    story.push(Buffer.concat(parts).toString())
  }
  try {
    await new BodySender({ isOver: () => false, write }, length).send(body())
  } catch (error) {
    story.push((error as { readonly code: string }).code)
  }
  return story
}

test.each([
  ['the last piece comes behind the end of the source', 5, ['ab', 'cde', ''], ['ab', 'end', 'cde']],
  ['one that is too long ends without it', 3, ['ab', 'c', 'd'], ['ab', 'NET_SIZE_MISMATCH']],
  ['one that is too short is an error', 3, ['ab'], ['ab', 'end', 'NET_SIZE_MISMATCH']],
  ['nothing', 0, [''], ['end']],
  [
    'of unknown length each piece leaves as it comes',
    undefined,
    ['ab', '', 'c'],
    ['ab', 'c', 'end'],
  ],
] as const)('%s', async (_name, length, pieces, story) => {
  expect(await told(length, pieces)).toEqual(story)
})

/** A body that has all at hand. */
function atHand(count: number, size: number): BodyPieces & { readonly left: number } {
  let left = count
  const ready = (): Uint8Array | undefined => (left-- > 0 ? new Uint8Array(size) : undefined)
  return {
    ready,
    get left() {
      return left
    },
    async *[Symbol.asyncIterator]() {
      for (let piece = ready(); piece !== undefined; piece = ready()) yield piece
    },
  }
}

test('what is at hand leaves together, more and more while there is room, at most 256 KiB', async () => {
  const sizes: number[] = []
  const write = (pieces: readonly Uint8Array[]): undefined => {
    sizes.push(pieces.length)
  }
  const body = atHand(16, 65_536)
  expect(await new BodySender({ isOver: () => false, write }).send(body)).toBe(true)
  expect(sizes).toEqual([1, 2, 4, 4, 4, 1])
})

test('a server that is slow is sent 64 KiB at a time', async () => {
  const sizes: number[] = []
  const write = async (pieces: readonly Uint8Array[]): Promise<boolean> => {
    sizes.push(pieces.length)
    return true
  }
  expect(await new BodySender({ isOver: () => false, write }).send(atHand(4, 65_536))).toBe(true)
  expect(sizes).toEqual([1, 1, 1, 1])
})

test('nothing more is read once the exchange is over, or a write has failed', async () => {
  const over = atHand(5, 10)
  expect(await new BodySender({ isOver: () => true, write: () => undefined }).send(over)).toBe(
    false,
  )
  expect(over.left).toBe(4)
  const failing = atHand(5, 65_536)
  const write = async (): Promise<boolean> => false
  expect(await new BodySender({ isOver: () => false, write }).send(failing)).toBe(false)
  expect(failing.left).toBe(4)
})
