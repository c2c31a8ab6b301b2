/*
 * The files of ssh_config, read for one host: the first value of a keyword counts, keys and certificates add up. It must not
 * know what the values are for.
 */

import type { Stats } from 'node:fs'
import { glob, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

import { isNetError } from '@net/core'
import { isError, netError } from '@net/core/authoring'

import { matchesPattern } from '../host-pattern.ts'
import { homeFolder } from '../local-user.ts'
import { kindOf, valueFault } from './config-keywords.ts'
import { readConfigLine, type ConfigLine } from './config-line.ts'
import { hostMatches, matchHolds, type MatchSubject } from './config-match.ts'
import { expandHome } from './config-tokens.ts'

/** The values by keyword in lower case; of those that add up, all words in their order. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>

/** A file, and the folder in which its includes stand. */
export interface ConfigFile {
  readonly path: string
  readonly includes: string
  /** Whether it must be there. */
  readonly needed: boolean
  /** Whether it is refused where others could have written it: its commands run as this user. */
  readonly guarded: boolean
}

/** Reads one pass over the files into the values. */
export class ConfigReader {
  readonly values: Map<string, string[]> = new Map()
  readonly #subject: MatchSubject
  readonly #ignored: string[] = []

  /** `values` are those of the pass before, which count before all others. */
  constructor(subject: MatchSubject, values?: ConfigValues) {
    this.#subject = subject
    for (const [keyword, words] of values ?? []) this.values.set(keyword, [...words])
  }

  /** Reads the files in their order. Rejects with `NET_BAD_CONFIG` and `NET_LOCAL_IO`. */
  async read(files: readonly ConfigFile[]): Promise<void> {
    for (const file of files) await this.#file(file, true, 0)
  }

  async #file(file: ConfigFile, holds: boolean, depth: number): Promise<void> {
    const text = await contentOf(file)
    let active = holds
    let number = 0
    for (const line of text.split('\n')) {
      number += 1
      try {
        const said = readConfigLine(line)
        if (said === undefined) continue
        if (said.keyword === 'host' || said.keyword === 'match') {
          // Within a block that does not hold, nothing does, and no command is run.
          active = (await this.#condition(said, holds)) && holds
        } else if (said.keyword === 'include') {
          if (depth >= DEEPEST) throw new Error('Include is nested too deeply')
          for (const path of said.words) await this.#include(path, file, active, depth)
        } else this.#value(said, active)
      } catch (error) {
        throw misplaced(error, file.path, number)
      }
    }
  }

  async #condition({ keyword, words }: ConfigLine, runs: boolean): Promise<boolean> {
    const subject = this.#subject
    if (keyword === 'match')
      return matchHolds(words, runs ? subject : { ...subject, exec: async () => false })
    if (words.length === 0) throw new Error('Host has no name')
    return hostMatches(words, this.#subject.name)
  }

  async #include(
    path: string,
    { includes }: ConfigFile,
    active: boolean,
    depth: number,
  ): Promise<void> {
    const told = expandHome(path, homeFolder() ?? '')
    const whole = isAbsolute(told) ? told : join(includes, told)
    const found: string[] = []
    for await (const one of glob(whole)) found.push(one)
    for (const one of found.toSorted()) {
      await this.#file({ path: one, includes, needed: false, guarded: true }, active, depth + 1)
    }
  }

  #value({ keyword, words, rest }: ConfigLine, active: boolean): void {
    const kind = kindOf(keyword)
    if (keyword === 'ignoreunknown') {
      this.#ignored.push(...words.flatMap((word) => word.toLowerCase().split(',')))
      return
    }
    if (kind === undefined) {
      if (this.#ignored.some((pattern) => matchesPattern(pattern, keyword))) return
      throw new Error(`the keyword ${keyword} is not known`)
    }
    if (kind === 'ignored') return
    const said = kind === 'whole' ? [rest] : words
    const fault = valueFault(kind, said)
    if (fault !== undefined) throw new Error(`${keyword}: ${fault}`)
    if (active) this.#keep(keyword, kind === 'many', said)
  }

  #keep(keyword: string, adds: boolean, words: readonly string[]): void {
    const known = this.values.get(keyword)
    if (known === undefined) this.values.set(keyword, [...words])
    else if (adds)
      known.push(...words.filter((word) => !UNIQUE.has(keyword) || !known.includes(word)))
    // Either leads to the host; whichever is said first switches the other off.
    const other = keyword === 'proxyjump' ? 'proxycommand' : 'proxyjump'
    const leads = keyword === 'proxycommand' || (keyword === 'proxyjump' && words[0] !== 'none')
    if (known === undefined && leads && !this.values.has(other)) {
      this.values.set(other, ['none'])
    }
  }
}

/** The files of OpenSSH: this user's, and the machine's. */
export function defaultConfigFiles(home: string | undefined = homeFolder()): readonly ConfigFile[] {
  const system = {
    path: '/etc/ssh/ssh_config',
    includes: '/etc/ssh',
    needed: false,
    guarded: false,
  }
  if (home === undefined) return [system]
  const folder = join(home, '.ssh')
  return [{ path: join(folder, 'config'), includes: folder, needed: false, guarded: true }, system]
}

/** A file that the caller names. */
export function namedConfigFile(path: string): ConfigFile {
  return { path, includes: join(homedir(), '.ssh'), needed: true, guarded: false }
}

async function contentOf({ path, needed, guarded }: ConfigFile): Promise<string> {
  try {
    await using file = await open(path)
    if (guarded) refuseForeign(path, await file.stat())
    return await file.readFile('utf8')
  } catch (error) {
    if (isNetError(error)) throw error
    const code: unknown = Reflect.get(error as Error, 'code')
    if (!needed && ABSENT.has(code)) return ''
    throw netError('NET_LOCAL_IO', { message: `${path} could not be read`, cause: error })
  }
}

/** As OpenSSH does. Windows has no such modes. */
function refuseForeign(path: string, { uid, mode }: Stats): void {
  const own = process.getuid?.()
  if (own === undefined || ((uid === own || uid === 0) && (mode & OTHERS_WRITE) === 0)) return
  throw netError('NET_BAD_CONFIG', {
    message: `${path} belongs to another user, or others may write to it: chmod go-w makes it usable`,
  })
}

function misplaced(error: unknown, path: string, line: number): unknown {
  if (!isError(error) || 'code' in error) return error
  return netError('NET_BAD_CONFIG', { message: `${path}, line ${line}: ${error.message}` })
}

const OTHERS_WRITE = 0o022
const DEEPEST = 16
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'])
const UNIQUE: ReadonlySet<string> = new Set(['identityfile', 'certificatefile'])
