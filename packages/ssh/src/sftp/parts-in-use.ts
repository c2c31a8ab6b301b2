/*
 * The names that uploads and copies of one session write to until they are whole: one call at a time writes to each, and one that
 * comes behind a call that failed waits until what that has left is gone. It must not know how they are written.
 */

import { netError, stoppable, type Operation } from '@net/core/authoring'

/** Told of what is still done on the server where a call fails: the name is free when that has settled. */
export type PartFailed = (last: Promise<unknown>) => void

/** Where a name lies, whatever it is called: asked only while another call writes to one that ends alike. */
export type FolderOfPart = (part: string) => Promise<string>

interface PartInUse {
  /** What is waited for before it is free; undefined while a call writes. */
  leaving?: Promise<void>
  folder?: Promise<string>
}

/** The names in use. */
export class PartsInUse {
  readonly #parts = new Map<string, PartInUse>()
  readonly #folderOf: FolderOfPart

  constructor(folderOf: FolderOfPart) {
    this.#folderOf = folderOf
  }

  /** Does the work that writes there. Rejects with `NET_BUSY` while another call does, and with what stops the operation. */
  async during<T>(
    op: Operation,
    part: string,
    work: (failed: PartFailed) => Promise<T>,
  ): Promise<T> {
    const taken = await op.phase('command', () => this.#take(op, part))
    let left: Promise<unknown> = Promise.resolve()
    try {
      return await work((last) => {
        left = last
      })
    } finally {
      const free = (): void => void this.#parts.delete(part)
      taken.leaving = left.then(free, free)
    }
  }

  /** Resolves when what calls that failed have left is gone. Never rejects. */
  async left(): Promise<void> {
    await Promise.all([...this.#parts.values()].flatMap(({ leaving }) => leaving ?? []))
  }

  async #take(op: Operation, part: string): Promise<PartInUse> {
    for (;;) {
      const there = this.#parts.get(part)
      if (there !== undefined) {
        await untilFree(op, part, there)
        continue
      }
      const taken: PartInUse = {}
      this.#parts.set(part, taken)
      try {
        const same = await this.#other(op, part)
        if (same === undefined) return taken
        this.#parts.delete(part)
        await untilFree(op, part, same)
      } catch (error) {
        this.#parts.delete(part)
        throw error
      }
    }
  }

  /** The same file under another name: `a`, `./a` and `/home/me/a` may be one. */
  async #other(op: Operation, part: string): Promise<PartInUse | undefined> {
    const name = nameOf(part)
    for (const [path, other] of this.#parts) {
      // Those who come behind look at this one: two that look at each other would both give way.
      if (path === part) return undefined
      if (nameOf(path) !== name) continue
      const folders = [this.#folder(path), this.#folder(part)] as const
      const [one, two] = await stoppable(op, Promise.all(folders))
      if (one === two) return other
    }
    return undefined
  }

  #folder(part: string): Promise<string> {
    const known = this.#parts.get(part) ?? {}
    return (known.folder ??= this.#folderOf(part))
  }
}

function nameOf(part: string): string {
  return part.slice(part.lastIndexOf('/') + 1)
}

async function untilFree(op: Operation, part: string, { leaving }: PartInUse): Promise<void> {
  if (leaving !== undefined) return stoppable(op, leaving)
  throw netError('NET_BUSY', { message: `${part} is being written by another call` })
}
