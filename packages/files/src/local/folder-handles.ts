/*
 * The folders of a tree while they are in use. On Linux a folder is held open, and what is done in it is done through
 * its handle: a link that another program puts in its place meanwhile leads nowhere. Elsewhere every part of the path is
 * looked at before each use.
 */

import { close, closeSync, constants, existsSync, lstatSync, open, openSync } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { promisify } from 'node:util'

import { badName } from '../tree-path.ts'
import type { DiskPace } from './disk-pace.ts'
import { systemPath } from './system-path.ts'

/** The folders below one root. */
export class FolderHandles {
  readonly #root: string
  readonly #held = new Map<string, Held>()

  readonly #pace: DiskPace

  constructor(root: string, pace: DiskPace) {
    this.#root = root
    this.#pace = pace
  }

  /** Runs the work with a path of the folder that stays its own meanwhile. Throws `NET_BAD_NAME` where a part is a link. */
  async use<T>(parts: readonly string[], work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await this.hold(parts)
    try {
      return await work(folder.at)
    } finally {
      await folder.letGo()
    }
  }

  /** The same for what is not one piece of work. */
  async hold(parts: readonly string[]): Promise<HeldFolder> {
    if (!hasHandles()) {
      return { at: await this.#looked(parts), isOwn: false, letGo: async () => {} }
    }
    const key = parts.join('/')
    const held = this.#held.get(key) ?? this.#hold(key, parts)
    held.users++
    const letGo = async (): Promise<void> => {
      if (--held.users === 0) await this.#release(key, held)
    }
    try {
      return { at: `${HANDLES}/${await held.handle}`, isOwn: true, letGo }
    } catch (error) {
      await letGo()
      throw error
    }
  }

  #hold(key: string, parts: readonly string[]): Held {
    const held = { users: 0, handle: this.#open(parts) }
    this.#held.set(key, held)
    return held
  }

  async #release(key: string, held: Held): Promise<void> {
    if (this.#held.get(key) === held) this.#held.delete(key)
    // One that could not be opened has told so.
    const handle = await held.handle.catch(() => undefined)
    if (handle === undefined) return
    await this.#pace.run(
      () => closeSync(handle),
      () => closed(handle),
    )
  }

  async #open(parts: readonly string[]): Promise<number> {
    const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants
    const name = parts.at(-1)
    if (name === undefined) return this.#opened(this.#root, O_RDONLY | O_DIRECTORY)
    return this.use(parts.slice(0, -1), async (above) => {
      const path = systemPath(above, name)
      try {
        return await this.#opened(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      } catch (error) {
        const found = lstatSync(path, { throwIfNoEntry: false })
        throw found?.isSymbolicLink() === true ? linkInTheWay(parts) : error
      }
    })
  }

  #opened(path: string | Buffer, flags: number): Promise<number> {
    return this.#pace.run(
      () => openSync(path, flags),
      () => opened(path, flags),
    )
  }

  async #looked(parts: readonly string[]): Promise<string> {
    let at = await realpath(this.#root)
    for (const part of parts) {
      at = `${at}/${part}`
      if ((await lstat(at)).isSymbolicLink()) throw linkInTheWay(parts)
    }
    return at
  }
}

/** A folder while it is held. */
export interface HeldFolder {
  /** Its path for the system. */
  readonly at: string
  /** Whether the path leads to it whatever takes its place meanwhile. */
  readonly isOwn: boolean
  letGo(): Promise<void>
}

interface Held {
  users: number
  readonly handle: Promise<number>
}

function linkInTheWay(parts: readonly string[]): Error {
  return badName(parts.join('/'), 'a link is in the way')
}

const opened: (path: string | Buffer, flags: number) => Promise<number> = promisify(open)
const closed: (handle: number) => Promise<void> = promisify(close)
let found: boolean | undefined

function hasHandles(): boolean {
  return (found ??= process.platform === 'linux' && existsSync(HANDLES))
}

const HANDLES = '/proc/self/fd'
