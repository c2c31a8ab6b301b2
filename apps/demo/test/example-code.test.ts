import { writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { expect, test } from 'vitest'

import { exampleCode } from '../src/example-code.ts'

test.each([
  ['a head of one line', 'async function example(url: string): Promise<void> {'],
  ['a head of several lines', 'function example(\n  url: string,\n): Promise<void> {'],
])('the code is what stands in the function example, after %s', async (_, head) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-demo-'))
  const file = join(folder.path, 'one.ts')
  writeFileSync(
    file,
    `import x\n\n${head}\n  if (url) {\n    return go(url)\n  }\n}\n\nconst A = {\n}\n`,
  )
  expect(exampleCode(pathToFileURL(file).href)).toEqual(['if (url) {', '  return go(url)', '}'])
})

test('a file without one is a mistake', () => {
  expect(() => exampleCode(import.meta.url)).toThrow('has no example')
})
