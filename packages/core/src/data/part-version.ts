/*
 * Of which version of a file a part is: what its server said of it when the part was begun. It is kept in a file beside the part,
 * so that a later program does not join two versions.
 */

import { codeOf } from '../errors/from-node.ts'
import { optionsObject } from '../options/door.ts'
import { required, size as aSize, text } from '../options/values.ts'
import { disk } from './disk.ts'
import { endOfLinks } from './replaced-file.ts'

/** A version of a file on a server. */
export interface PartVersion {
  /** What names the version, such as a tag or a modification time. A version without one is never known again. */
  readonly validator?: string | undefined
  /** How many bytes the whole has. */
  readonly size?: number | undefined
}

/** Where a version is kept. */
export interface VersionPlace {
  /** How its file ends: `path.part.http`. */
  readonly kind: string
  /** Which file it is a version of, such as its URL; what is kept does not tell it. */
  readonly of: string
}

/** The file beside a part that remembers its version. */
export class VersionFile {
  readonly #path: string
  readonly #kind: string
  /** A URL may have secrets in it. */
  readonly #of: string

  /** `path` is that of the file which the part is going to be. */
  constructor(path: string, { kind, of }: VersionPlace) {
    this.#path = path
    this.#kind = kind
    // Loaded here, as most programs need no hash.
    this.#of = process.getBuiltinModule('node:crypto').createHash('sha256').update(of).digest('hex')
  }

  /** The version of the part; undefined if nothing is known, or if it is of another file. */
  async read(): Promise<PartVersion | undefined> {
    try {
      const part = await partPath(this.#path)
      const text = await disk().readFile(`${part}.${this.#kind}`, 'utf8')
      const { of, part: own, ...version } = keptShape.take(JSON.parse(text), 'the version')
      return of === this.#of && own === (await identityOf(part)) ? version : undefined
    } catch {
      // Whatever cannot be read is not known.
      return undefined
    }
  }

  /** Remembers it for the part that is there now. */
  async write({ validator, size }: PartVersion): Promise<void> {
    const path = await partPath(this.#path)
    const part = await identityOf(path)
    const kept = JSON.stringify({ of: this.#of, part, validator, size })
    await unlessImpossible(async () => {
      const at = `${path}.${this.#kind}`
      // Made anew, so that no link laid there leads anywhere else.
      await disk().rm(at, { force: true })
      await disk().writeFile(at, kept, { flag: 'wx' })
    })
  }

  async remove(): Promise<void> {
    const part = await partPath(this.#path)
    await unlessImpossible(() => disk().rm(`${part}.${this.#kind}`, { force: true }))
  }
}

/** Without its file the version of a part is not known, and that is all. */
async function unlessImpossible(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!IMPOSSIBLE.has(codeOf(error as Error))) throw error
  }
}

/** There is room for the name of the part and for no longer one; another program keeps its own version there, at the same moment. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'EEXIST'])

/** Whether they surely are one version. */
export function isSameVersion(one: PartVersion, other: PartVersion): boolean {
  return one.validator !== undefined && one.validator === other.validator && one.size === other.size
}

/** The part of the file; where a link leads, the part lies. */
export async function partPath(path: string): Promise<string> {
  return `${(await endOfLinks(path)).path}.part`
}

/** A part that was begun anew, by whatever program, is another one. */
async function identityOf(part: string): Promise<string> {
  const { ino, birthtimeMs } = await disk().lstat(part)
  return `${ino} ${birthtimeMs}`
}

const keptShape = optionsObject<PartVersion & { readonly of: string; readonly part: string }>({
  of: required(text),
  part: required(text),
  validator: text,
  size: aSize,
})
