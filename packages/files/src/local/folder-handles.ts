/*
 * The folders of a tree while they are in use. On Linux a folder is held open, and what is done in it is done through
 * its handle: a link that another program puts in its place meanwhile leads nowhere. Elsewhere every part of the path is
 * looked at before each use.
 */

import {
  close,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  open,
  openSync,
  statSync,
  type Stats,
} from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

import type { DiskPace } from '@net/core/authoring'

import { badName } from '../tree-path.ts'
import { handlePath, hasHandles } from './handle-path.ts'
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
      return {
        at: await this.#looked(parts),
        isOwn: false,
        isThere: () => true,
        letGo: async () => {},
      }
    }
    const key = parts.join('/')
    for (;;) {
      const known = this.#held.get(key)
      const wasOpen = known?.isOpen === true
      const held = known ?? this.#hold(key, parts)
      held.users++
      const letGo = async (): Promise<void> => {
        if (--held.users === 0) await this.#release(key, held)
      }
      try {
        const handle = await held.handle
        if (!wasOpen || (await this.#isAt(parts, held, handle))) {
          const isThere = (): boolean => this.#isAtNow(parts, held, handle)
          return { at: handlePath(handle), isOwn: true, isThere, letGo }
        }
      } catch (error) {
        await letGo()
        throw error
      }
      // Calls that use it go on with it; later ones get the folder that has the name by now.
      if (this.#held.get(key) === held) this.#held.delete(key)
      await letGo()
    }
  }

  #hold(key: string, parts: readonly string[]): Held {
    const held: Held = { users: 0, isOpen: false, handle: this.#open(parts) }
    this.#held.set(key, held)
    held.handle.then(
      () => (held.isOpen = true),
      () => {},
    )
    return held
  }

  /** Whether the path still leads to the folder that is held; at once, unless the disk is slow. */
  #isAt(parts: readonly string[], held: Held, handle: number): boolean | Promise<boolean> {
    if (!this.#pace.isSlow) return this.#isAtNow(parts, held, handle)
    const own = (held.own ??= fstatSync(handle))
    const look = parts.length === 0 ? stat : lstat
    return look(systemPath(this.#root, parts.join('/'))).then(
      (there) => isSame(own, there),
      () => false,
    )
  }

  #isAtNow(parts: readonly string[], held: Held, handle: number): boolean {
    const own = (held.own ??= fstatSync(handle))
    const path = systemPath(this.#root, parts.join('/'))
    const look = parts.length === 0 ? statSync : lstatSync
    try {
      return isSame(
        own,
        this.#pace.timed(() => look(path, QUIETLY)),
      )
    } catch {
      return false
    }
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
  /** Whether it is still what has its name in the tree; looked at here and now. */
  isThere(): boolean
  letGo(): Promise<void>
}

interface Held {
  users: number
  /** Whether it was opened at some time before. */
  isOpen: boolean
  /** What the file system calls it, whatever its name. */
  own?: Pick<Stats, 'dev' | 'ino'>
  readonly handle: Promise<number>
}

/** Whether it is the same folder; if there is none, opening it says why. */
function isSame(own: Pick<Stats, 'dev' | 'ino'>, there: Stats | undefined): boolean {
  return own.ino === there?.ino && own.dev === there.dev
}

function linkInTheWay(parts: readonly string[]): Error {
  return badName(parts.join('/'), 'a link is in the way')
}

const opened: (path: string | Buffer, flags: number) => Promise<number> = promisify(open)
const closed: (handle: number) => Promise<void> = promisify(close)
const QUIETLY = { throwIfNoEntry: false } as const
