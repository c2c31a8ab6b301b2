// The packages as Jest runs them: in a vm context, where what Node itself makes is of another realm.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { build } from 'esbuild'
import { expect, test } from 'vitest'

import { temporaryFolder } from './packed.ts'

test("Node's own errors, promises and dates are known in a context like that of Jest", async () => {
  using folder = temporaryFolder()
  const bundle = join(folder.path, 'program.cjs')
  await build({
    entryPoints: [inRealm('program.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@net/source'],
    outfile: bundle,
    external: ['*.node', 'cpu-features'],
    logLevel: 'error',
  })
  const { stdout, stderr } = await run(process.execPath, [inRealm('context.ts'), bundle])
  expect([stdout.trimEnd().split('\n'), stderr]).toEqual([
    [
      'http refused: NET_CONNECT_REFUSED',
      'http unknown: NET_DNS_NOT_FOUND',
      'http body missing: NET_LOCAL_IO',
      'http cache: NET_CONNECT_REFUSED',
      'http late: NET_TIMEOUT_TOTAL',
      'socket refused: NET_CONNECT_REFUSED',
      'ftp refused: NET_CONNECT_REFUSED',
      'smtp refused: NET_CONNECT_REFUSED',
      'smtp date: NET_CONNECT_REFUSED',
      'ssh refused: NET_CONNECT_REFUSED',
      'files mirror: 1',
      'files missing: NET_NOT_FOUND',
      'async aborted: aborted',
    ],
    '',
  ])
})

function inRealm(name: string): string {
  return join(import.meta.dirname, 'realm', name)
}

const run = promisify(execFile)
