// Each package in a bundle, as users of serverless platforms and single-file tools get it: packed, installed, bundled to
// ESM and to CommonJS by two bundlers, and run against a real server.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build as esbuild } from 'esbuild'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packages, root } from '@tools/workspace'
import { installTogether, packAll, temporaryFolder } from './packed.ts'

type Format = 'esm' | 'cjs'

const folder = temporaryFolder()
let consumer: string

beforeAll(() => {
  consumer = installTogether(packAll(folder.path), folder.path)
  cpSync(join(root, 'test/package/programs'), join(consumer, 'programs'), { recursive: true })
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }')
})

afterAll(() => {
  folder[Symbol.dispose]()
})

test('there is a program for every package', () => {
  const missing = packages().filter(({ short }) => !existsSync(programOf(short)))
  expect(missing).toEqual([])
})

const bundlers = { esbuild: byEsbuild, rolldown: byRolldown }

describe.each(packages())('$name bundled', ({ short }) => {
  test.each([
    ['esbuild', 'cjs'],
    ['esbuild', 'esm'],
    ['rolldown', 'cjs'],
    ['rolldown', 'esm'],
  ] as const)('by %s to %s does its work', async (bundler, format) => {
    const outfile = join(consumer, `${short}-${bundler}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
    await bundlers[bundler](programOf(short), outfile, format)
    await using resources = new AsyncDisposableStack()
    const args = await serverFor(short, resources)
    // Where no node_modules is above it.
    const alone = join(folder.path, `alone-${short}-${bundler}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
    cpSync(outfile, alone)
    const { stdout, stderr } = await run(process.execPath, [alone, ...args])
    expect([stdout, stderr]).toEqual(['done\n', ''])
  })
})

const run = promisify(execFile)

function programOf(short: string): string {
  return join(root, 'test/package/programs', `${short}.ts`)
}

/** What the program of a package talks to, as its arguments; `programs/servers/` has those that need something. */
async function serverFor(short: string, resources: AsyncDisposableStack): Promise<string[]> {
  const file = join(root, 'test/package/programs/servers', `${short}.ts`)
  if (!existsSync(file)) return []
  const { serve } = (await import(file)) as {
    serve(resources: AsyncDisposableStack): Promise<string[]>
  }
  return serve(resources)
}

async function byEsbuild(program: string, outfile: string, format: Format): Promise<void> {
  await esbuild({
    entryPoints: [inConsumer(program)],
    bundle: true,
    platform: 'node',
    format,
    outfile,
    external: native,
    logLevel: 'error',
    ...(format === 'esm' ? { banner: { js: requireInEsm } } : {}),
  })
}

async function byRolldown(program: string, file: string, format: Format): Promise<void> {
  await using bundle = await rolldown({
    input: inConsumer(program),
    platform: 'node',
    external: [/\.node$/u, 'cpu-features'],
    logLevel: 'silent',
  })
  const banner = format === 'esm' ? folderInEsm : ''
  await bundle.write({ file, format, banner, codeSplitting: false })
}

function inConsumer(program: string): string {
  return join(consumer, 'programs', program.slice(program.lastIndexOf('/') + 1))
}

// ssh2's optional native parts.
const native = ['*.node', 'cpu-features']
// CommonJS within an ES module asks for Node's own modules by require(), and ssh2 for its folder.
const folderInEsm = 'const __dirname = import.meta.dirname;'
const requireInEsm = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${folderInEsm}`
