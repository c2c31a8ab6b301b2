import { expect, test } from 'vitest'

import { heldBack } from '../../src/http1/held-back.ts'

async function told(length: number, pieces: readonly string[]): Promise<unknown[]> {
  const story: unknown[] = []
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece)
    story.push('end')
  }
  try {
    for await (const piece of heldBack(body(), length))
      if (piece.length > 0) story.push(Buffer.from(piece).toString())
  } catch (error) {
    story.push((error as { readonly code: string }).code)
  }
  return story
}

test.each([
  ['the last piece comes behind the end of the source', 5, ['ab', 'cde', ''], ['ab', 'end', 'cde']],
  ['one that is too long ends without it', 3, ['ab', 'c', 'd'], ['ab', 'NET_BAD_OPTION']],
  ['one that is too short is an error', 3, ['ab'], ['ab', 'end', 'NET_BAD_OPTION']],
  ['nothing', 0, [''], ['end']],
] as const)('%s', async (_name, length, pieces, story) => {
  expect(await told(length, pieces)).toEqual(story)
})
