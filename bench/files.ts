/*
 * Local to local beside `cp -r`, rsync and rclone: many small files, a few large ones, and a second run over 100,000 files
 * of which none has changed. Needs rsync and rclone on the path.
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { at, localFiles, mirror } from '@net/files'

import { compare, type Contender } from './pairs.ts'

const root = mkdtempSync(join(process.env['NET_BENCH_FOLDER'] ?? tmpdir(), 'bench-files-'))
const MB = 1_000_000
const start = process.memoryUsage.rss()
let runs = 0

try {
  const small = fill('small', { files: 5000, size: 2000, folders: 50 })
  await compare('5,000 files of 2 kB', 'files/s', mirrored(small, 5000), rivals(small, 5000))
  rmSync(small, { recursive: true })
  const large = fill('large', { files: 20, size: 50 * MB, folders: 1 })
  await compare('20 files of 50 MB', 'MB/s', mirrored(large, 1000), rivals(large, 1000))
  rmSync(large, { recursive: true })
  await unchanged()
  console.log(`\nmemory above the start at the most: ${Math.round(growth() / MB)} MB`)
} finally {
  rmSync(root, { recursive: true, force: true })
}

async function unchanged(): Promise<void> {
  const many = fill('many', { files: 100_000, size: 1, folders: 500 })
  const copy = join(root, 'many-copy')
  const state = at(localFiles(root), 'many.state')
  await mirror(localFiles(many), localFiles(copy), { state })
  const ours: Contender = {
    name: '@net/files, with a state',
    async run() {
      const report = await mirror(localFiles(many), localFiles(copy), { state, delete: true })
      if (report.kept !== 100_500 || report.entries.length > 0)
        throw new Error('something was moved')
      return 100_000
    },
  }
  await compare('100,000 files, none of them changed', 'files/s', ours, [
    program('rclone', ['sync', many, copy], 100_000),
    program('rsync', ['-r', '--times', '--delete', `${many}/`, copy], 100_000),
  ])
}

function mirrored(from: string, done: number): Contender {
  return {
    name: '@net/files',
    run: () =>
      inNewFolder(async (to) => {
        await mirror(localFiles(from), localFiles(to))
        return done
      }),
  }
}

function rivals(from: string, done: number): readonly Contender[] {
  const into = (name: string, args: (to: string) => readonly string[]): Contender => ({
    name,
    run: () => inNewFolder((to) => program(name, args(to), done).run()),
  })
  return [
    into('cp', (to) => ['-r', from, to]),
    into('rsync', (to) => ['-r', '--times', `${from}/`, to]),
    into('rclone', (to) => ['copy', from, to]),
  ]
}

/** Runs the work with a path at which nothing is; removes what was made there. */
async function inNewFolder(work: (to: string) => Promise<number>): Promise<number> {
  const before = join(root, `to-${runs - 1}`)
  rmSync(before, { recursive: true, force: true })
  return work(join(root, `to-${runs++}`))
}

function program(name: string, args: readonly string[], done: number): Contender {
  return {
    name,
    async run() {
      const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'inherit'] })
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`${name} ended with ${code}`)
      return done
    },
  }
}

interface Filling {
  readonly files: number
  readonly size: number
  readonly folders: number
}

function fill(name: string, { files, folders, size }: Filling): string {
  const folder = join(root, name)
  const content = Buffer.alloc(size, 'net ')
  for (let number = 0; number < folders; number++)
    mkdirSync(join(folder, `${number}`), { recursive: true })
  for (let number = 0; number < files; number++) {
    writeFileSync(join(folder, `${number % folders}`, `file-${number}`), content)
  }
  execFileSync('sync')
  return folder
}

/** How much more memory this process had at its highest than at its beginning, its own buffers of 50 MB with it. */
function growth(): number {
  return process.resourceUsage().maxRSS * 1024 - start
}
