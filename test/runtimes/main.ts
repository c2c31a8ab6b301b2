// `pnpm test:runtimes [--write | --here]`: what the packed packages do on the Bun and Deno that npm ships, beside Node. Each
// program is run as it is installed, and where that fails as one bundled file; the servers that it talks to run here, on Node.
// Prints a table, which `--write` puts into SUPPORT.md; `--here` is this Node alone, on a system of any kind. Needs `pnpm build`
// before. Fails only where Node does.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '@tools/workspace'
import { build } from 'esbuild'

import { installTogether, packAll, temporaryFolder } from '../package/packed.ts'
import { runtimes, thisNode, type Runtime } from './runtimes.ts'
import { drawSupport, writeSupport, type Row } from './support-table.ts'

const here = import.meta.dirname
const packages = join(root, 'test/package/programs')
/** In milliseconds. */
const LONGEST = 20_000

using folder = temporaryFolder()
const consumer = installTogether(packAll(folder.path), folder.path)
const all = process.argv.includes('--here') ? [thisNode] : runtimes()
process.exitCode = await main()

async function main(): Promise<number> {
  const rows: Row[] = []
  for (const file of programs()) rows.push(await rowOf(file))
  const titles = all.map(({ title }) => title)
  const table = drawSupport(titles, rows)
  console.log(table)
  for (const { name, outcomes } of rows) {
    for (const [at, { failure }] of outcomes.entries()) {
      if (failure !== undefined) console.log(`${name} on ${titles[at]}: ${failure}`)
    }
  }
  if (process.argv.includes('--write')) {
    const file = join(root, 'SUPPORT.md')
    writeFileSync(file, writeSupport(readFileSync(file, 'utf8'), table))
  }
  return rows.every(({ outcomes: [node] }) => node?.failure === undefined) ? 0 : 1
}

/** The programs of the packages, then those that do more. */
function programs(): readonly string[] {
  return [packages, join(here, 'programs')].flatMap((from) =>
    globSync('*.ts', { cwd: from })
      .toSorted()
      .map((name) => join(from, name)),
  )
}

async function rowOf(file: string): Promise<Row> {
  const name = basename(file, '.ts')
  const program = join(consumer, `${name}.ts`)
  const bundle = join(folder.path, `${name}.mjs`)
  cpSync(file, program)
  await bundled(program, bundle)
  const outcomes = []
  for (const runtime of all) {
    await using resources = new AsyncDisposableStack()
    const args = await serverFor(file, resources)
    const installed = await failureOf(runtime, program, args)
    const alone =
      installed === undefined ? undefined : await failureOf(runtime, bundle, args, folder.path)
    outcomes.push({
      state: installed === undefined ? 'works' : alone === undefined ? 'bundled' : 'fails',
      failure: installed,
    } as const)
  }
  return { name, does: doesOf(file), outcomes }
}

/** What it does, as its first line says. */
function doesOf(file: string): string {
  const [line = ''] = readFileSync(file, 'utf8').split('\n')
  return line.replace(/^\/\/ /u, '').replace(/\.$/u, '')
}

/** Starts what a program talks to; resolves to its arguments. */
async function serverFor(file: string, resources: AsyncDisposableStack): Promise<string[]> {
  const server = join(packages, 'servers', basename(file))
  const own = join(here, 'servers', basename(file))
  const found = [server, own].find((path) => existsSync(path))
  if (found === undefined) return []
  const { serve } = (await import(found)) as {
    serve(resources: AsyncDisposableStack): Promise<string[]>
  }
  return serve(resources)
}

/** Undefined if it printed `done` alone, else what it said. */
async function failureOf(
  { program, flags }: Runtime,
  file: string,
  args: readonly string[],
  cwd = consumer,
): Promise<string | undefined> {
  const run = promisify(execFile)(program, [...flags, file, ...args], { cwd, timeout: LONGEST })
  const { stdout, stderr } = await run.catch((error: unknown) => {
    const { stdout = '', stderr = '', killed } = error as Record<string, string | undefined>
    return { stdout, stderr: killed ? 'it did not end' : stderr || String(error) }
  })
  if (stdout === 'done\n') return undefined
  return firstSentence(`${stderr}\n${stdout}`)
}

/** The line that says why. */
function firstSentence(text: string): string {
  const lines = text.replaceAll(/\u001b\[[\d;]*m/gu, '').split('\n')
  const telling = lines.find((line) => /error|not /iu.test(line)) ?? lines.find(Boolean) ?? ''
  return telling.trim().slice(0, 200)
}

async function bundled(program: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['*.node', 'cpu-features'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;`,
    },
    logLevel: 'error',
  })
}
