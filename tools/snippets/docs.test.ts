// Runs every example of the documents as it stands there, unless its fence says `no-run`.
import { expect, test } from 'vitest'
import { writeSnippets } from './write.ts'

const runnable = writeSnippets().filter(({ run }) => run)

test.each(runnable)('$title runs', async ({ file }) => {
  // An example asserts by itself, and by not throwing.
  await expect(import(file)).resolves.toBeDefined()
})
