// A file that a tool makes: written, or with `--check` only compared with what the repository holds.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './packages.ts'

/** Writes `text` to `path` (relative to the root); under `--check` returns a complaint if the file differs. */
export function generated(path: string, text: string): string | undefined {
  const file = join(root, path)
  const current = read(file)
  if (current === text) return undefined
  if (process.argv.includes('--check')) return `${path} is stale`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`wrote ${path}`)
  return undefined
}

/** Prints the complaints, if any, and ends the process accordingly. */
export function finish(complaints: readonly string[], hint = ''): void {
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0 && hint !== '') console.error(hint)
  process.exitCode = complaints.length > 0 ? 1 : 0
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
