import { expect, test } from 'vitest'

import { builtins } from '../builtins.ts'

test.each([
  ['import { connect, isIP as isAddress } from "node:net";', ['connect', 'isAddress']],
  ['import fs, { statSync } from "node:fs";', ['fs', 'statSync']],
  ['import process$1 from "node:process";', ['process$1']],
  ['import * as all$1 from "node:zlib";', ['all$1']],
  ['import childProcess from "node:child_process";', ['childProcess']],
  ['import { constants, readFile } from "node:fs/promises";', ['constants', 'readFile']],
])('%s gives the same without an import', (statement, names) => {
  const made = builtins.renderChunk(`${statement}\n`)
  expect(made).not.toContain('import')
  for (const name of names) expect(made).toContain(`const ${name} = `)
})

test('what waits is the same once it is called, and other imports stay', async () => {
  const made = builtins.renderChunk('import { readFile } from "node:fs/promises";')
  const path = import.meta.filename
  const url = `data:text/javascript,${encodeURIComponent(`${made}export default readFile`)}`
  const { default: readFile } = (await import(url)) as {
    default: (path: string, encoding: 'utf8') => Promise<string>
  }
  expect(await readFile(path, 'utf8')).toContain('what waits is the same')
  const others = 'import { a } from "./a.js";'
  expect(builtins.renderChunk(others)).toBe(others)
})
