// The Python examples of docs/guide/http-from-requests.md, run by Debian's Python against our embedded server: they print
// what they say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { httpbinRoutes, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'
import { root } from '@tools/workspace'

import { temporaryFolder } from './child.ts'
import { pythonFences } from './python-fences.ts'
import { requirePython, runFence } from './python-guide.ts'

const fences = pythonFences(readFileSync(join(root, 'docs/guide/http-from-requests.md'), 'utf8'))

test('the sections print what they say', async (context) => {
  await requirePython(context, 'requests')
  await using server = await startHttpServer({ routes: httpbinRoutes() })
  using folder = temporaryFolder('python-http')
  const ports = new Map([['8000', new URL(server.url).port]])
  // One program: starting Python takes longer than all of them.
  const code = fences.map((each) => each.code).join('\n')
  const prints = fences.flatMap((each) => each.prints)
  expect(await runFence(code, folder.path, ports)).toEqual({ prints, failure: '' })
})

test('every example prints something', () => {
  expect(fences.length).toBeGreaterThan(18)
  expect(fences.filter(({ prints }) => prints.length === 0)).toEqual([])
})
