// Runs every example of the documents as it stands there, unless its fence says `no-run`.
import { expect, test } from 'vitest'
import { writeSnippets } from './write.ts'

for (const { title, file, run } of writeSnippets()) {
  test.skipIf(!run)(`${title} runs`, async () => {
    // An example asserts by itself, and by not throwing.
    await expect(import(file)).resolves.toBeDefined()
  })
}
