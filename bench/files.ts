/*
 * Local to local beside `cp -r`, rsync and rclone: many small files, a few large ones, and a second run over 100,000 files
 * of which none has changed; and by how much memory grows in each. Every copy is compared with its source by `diff -r`.
 * Needs rsync and rclone on the path. NET_BENCH_FOLDER is where the files are; its default is the folder for temporary ones.
 * The words small, large and unchanged choose parts.
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { at, localFiles, mirror } from '@net/files'

import { compare, type Contender } from './pairs.ts'

const root = mkdtempSync(join(process.env['NET_BENCH_FOLDER'] ?? tmpdir(), 'bench-files-'))
const MB = 1_000_000
const wanted = process.argv.slice(2)

try {
  if (isWanted('small')) await small()
  if (isWanted('large')) await large()
  if (isWanted('unchanged')) await unchanged()
} finally {
  rmSync(root, { recursive: true, force: true })
}

async function small(): Promise<void> {
  fill('small', { files: 5000, size: 2000, folders: 50 })
  await compare('5,000 files of 2 kB', 'files/s', mirrored('small', 5000), rivals('small', 5000))
  memory('5,000 files of 2 kB', 'small')
  rmSync(join(root, 'small'), { recursive: true })
}

async function large(): Promise<void> {
  fill('large', { files: 20, size: 50 * MB, folders: 1 })
  await compare('20 files of 50 MB', 'MB/s', mirrored('large', 1000), rivals('large', 1000))
  memory('20 files of 50 MB', 'large')
  rmSync(join(root, 'large'), { recursive: true })
}

async function unchanged(): Promise<void> {
  const many = fill('many', { files: 100_000, size: 1, folders: 500 })
  const copy = join(root, 'many-copy')
  memory('100,000 files of 1 byte, with a state', 'many', 'many.state')
  // It is of the places as they are named there.
  const state = at(localFiles(root), 'many.state')
  const ours: Contender = {
    name: '@net/files, with a state',
    async run() {
      const [from, to] = [at(localFiles(root), 'many'), at(localFiles(root), 'many-copy')]
      const report = await mirror(from, to, { state, delete: true })
      if (report.kept !== 100_500 || report.entries.length > 0)
        throw new Error('something was moved')
      return 100_000
    },
    check: () => same(many, copy),
  }
  await compare('100,000 files, none of them changed', 'files/s', ours, [
    program('rclone', ['sync', many, copy], 100_000),
    program('rsync', ['-r', '--times', '--delete', `${many}/`, copy], 100_000),
  ])
  memory('100,000 files, none of them changed', 'many', 'many.state')
}

function mirrored(from: string, done: number): Contender {
  return {
    name: '@net/files',
    async run() {
      await mirror(localFiles(join(root, from)), localFiles(join(root, 'to')))
      return done
    },
    check: () => compared(from),
  }
}

function rivals(from: string, done: number): readonly Contender[] {
  const path = join(root, from)
  const to = join(root, 'to')
  const into = (name: string, ...args: readonly string[]): Contender => ({
    ...program(name, args, done),
    check: () => compared(from),
  })
  return [
    into('cp', '-r', path, to),
    into('rsync', '-r', '--times', `${path}/`, to),
    into('rclone', 'copy', path, to),
  ]
}

/** Compares the copy with its source, and removes it. */
function compared(from: string): void {
  same(join(root, from), join(root, 'to'))
  rmSync(join(root, 'to'), { recursive: true })
}

/** Prints by how much the memory of a process grows that does it once. */
function memory(title: string, from: string, state?: string): void {
  const own = join(import.meta.dirname, 'files-memory.ts')
  const words = [own, root, from, `${from}-copy`, ...(state === undefined ? [] : [state])]
  const grown = execFileSync(process.execPath, [...process.execArgv, ...words], {
    encoding: 'utf8',
  })
  same(join(root, from), join(root, `${from}-copy`))
  if (state === undefined) rmSync(join(root, `${from}-copy`), { recursive: true })
  console.log(`  memory above the start at the most: ${Math.round(Number(grown) / MB)} MB`, title)
}

function same(from: string, to: string): void {
  execFileSync('diff', ['-rq', from, to], { stdio: 'inherit' })
}

/** A program, whose CPU time bash tells. */
function program(name: string, args: readonly string[], done: number): Contender {
  let cpu = 0
  return {
    name,
    async run() {
      const line = ['-c', `TIMEFORMAT='%U %S'; time "$0" "$@"`, name, ...args]
      const child = spawn('bash', line, { stdio: ['ignore', 'ignore', 'pipe'] })
      const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${told}`)
      const seconds = told.trimEnd().split('\n').at(-1)?.split(' ') ?? []
      cpu = seconds.reduce((sum, each) => sum + Number(each) * 1e6, 0)
      return done
    },
    cpu: () => cpu,
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

function isWanted(part: string): boolean {
  return wanted.length === 0 || wanted.includes(part)
}
