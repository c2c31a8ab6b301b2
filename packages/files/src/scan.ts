/*
 * Lists a whole tree, several folders at a time, behind a filter. A folder that cannot be listed is reported, and
 * never taken for an empty one.
 */

import { isNetError, type NetError, type RemoteEntry } from '@net/core'
import { Semaphore } from '@net/async'
import { netError } from '@net/core/authoring'

import type { Filter } from './filter.ts'
import { FoundFolder } from './found-folder.ts'
import { pathIn, type TreePlace } from './place.ts'
import { TWICE, type Listed, type Scanned, type ScannedFolder, type Twice } from './scanned.ts'
import { slicesOf } from './slices.ts'
import { badName, faultOf, isWithin, join, resolvedLink } from './tree-path.ts'

/** How a tree is listed. */
export interface ScanRules {
  readonly filter: Filter
  /** Whether links are taken for what they lead to. */
  readonly follow: boolean
  /** How many listings at a time. */
  readonly calls: number
  readonly signal: AbortSignal
}

/** Lists the tree from the place on. Rejects only when the signal aborts. */
export function scan(place: TreePlace, rules: ScanRules): Promise<ScannedFolder> {
  const scanning = new Scan(place, rules)
  return scanning.folder(scanning.root)
}

/** A folder that is listed. */
export interface Spot {
  /** Below the place. */
  readonly path: string
  /** In the tree. */
  readonly from: string
  /** The folders that it lies in, by their own paths in the tree. */
  readonly above: readonly string[]
}

/** The listing of one tree. */
export class Scan {
  readonly root: Spot
  /** How many listings at a time. */
  readonly calls: number
  readonly signal: AbortSignal
  readonly #place: TreePlace
  readonly #rules: ScanRules
  readonly #calls: Semaphore

  constructor(place: TreePlace, rules: ScanRules) {
    this.root = { path: '', from: place.path, above: [] }
    this.#place = place
    this.#rules = rules
    this.calls = Math.max(1, Math.min(rules.calls, MOST_LISTINGS))
    this.signal = rules.signal
    this.#calls = new Semaphore(this.calls)
  }

  /** Lists the folder with all that is in it. */
  async folder(spot: Spot): Promise<ScannedFolder> {
    return this.filled(spot, await this.listed(spot), (inner) => this.folder(inner))
  }

  /** What was listed of the folder, with what `folderAt` finds its folders to hold. */
  async filled(spot: Spot, listed: Listed, folderAt: FolderAt): Promise<ScannedFolder> {
    const { path } = spot
    const hides = listed.hidden.size > 0 || this.#rules.filter.holdsOwn(path)
    const folder = new FoundFolder(spot.from, { ...listed, hides })
    const deep: Promise<Scanned>[] = []
    for (const each of listed.found) {
      const here = this.#one(each, spot, folderAt)
      // Most are plain files, and a promise costs more than they do.
      if (here instanceof Promise) deep.push(here)
      else folder.add(here)
    }
    // They would be held until the folders are listed.
    listed.found.clear()
    // One that ends by an abort must not be told before the others have let go of what they list.
    await Promise.allSettled(deep)
    for (const each of await Promise.all(deep)) this.#addDeep(folder, path, each)
    return folder
  }

  /** The folder of that name in this one; undefined where there is none, or it lies too deep. */
  innerOf(spot: Spot, name: string, { found }: Listed): Spot | undefined {
    const entry = found.get(name)
    if (entry === undefined || entry === TWICE || entry.type !== 'folder') return undefined
    const above = [...spot.above, spot.from]
    if (above.length > MOST_DEEP || faultOf(name) !== undefined) return undefined
    return { path: join(spot.path, name), from: join(spot.from, name), above }
  }

  /** Lists the folder itself. */
  async listed(spot: Spot): Promise<Listed> {
    const { signal } = this.#rules
    // A wait is long in the life of memory: what begins behind it is short-lived, with all that it holds.
    using _ = await this.#calls.acquire({ signal })
    return await this.#read(spot)
  }

  async #read(spot: Spot): Promise<Listed> {
    const { filter, follow, signal } = this.#rules
    const found = new Map<string, RemoteEntry | Twice>()
    const hidden = new Set<string>()
    try {
      for await (const slice of slicesOf(this.#place.files, spot.from, { signal })) {
        for (const entry of slice) {
          const isOpen = follow && entry.type === 'link'
          const isFolder = entry.type === 'folder'
          const isHidden =
            filter.hidesAny && !isOpen && filter.hides(join(spot.path, entry.name), isFolder)
          if (isHidden) hidden.add(entry.name)
          else found.set(entry.name, found.has(entry.name) ? TWICE : entry)
        }
      }
      return { found, hidden, failure: undefined, settled: 0 }
    } catch (error) {
      signal.throwIfAborted()
      return { found, hidden, failure: ours(error), settled: 0 }
    }
  }

  #one(
    [name, found]: readonly [string, RemoteEntry | Twice],
    spot: Spot,
    folderAt: FolderAt,
  ): Scanned | Promise<Scanned> {
    const path = join(spot.path, name)
    const why = found === TWICE ? 'it was listed more than once' : faultOf(name)
    const entry = found === TWICE ? { name, path, type: 'other' as const } : found
    if (why !== undefined) return { entry, refused: badName(path, why) }
    const from = join(spot.from, name)
    if (entry.type === 'link' && this.#rules.follow) return this.#followed(entry, spot)
    if (entry.type === 'folder') return this.#inner({ entry, from, spot }, folderAt)
    return from === pathIn(this.#place, path) ? { entry } : { entry, from }
  }

  async #inner({ entry, from, spot }: Inner, folderAt: FolderAt): Promise<Scanned> {
    const path = join(spot.path, entry.name)
    const above = [...spot.above, spot.from]
    if (above.length > MOST_DEEP) {
      return { entry, refused: badName(path, `it is more than ${MOST_DEEP} folders deep`) }
    }
    const folder = await folderAt({ path, from, above })
    return { entry, folder, ...(from === pathIn(this.#place, path) ? {} : { from }) }
  }

  /** What the link leads to, under the name of the link. */
  async #followed(link: RemoteEntry, spot: Spot): Promise<Scanned> {
    const path = join(spot.path, link.name)
    try {
      const end = await this.#endOf(link, join(spot.from, link.name))
      const entry = { ...end, name: link.name, path: link.path }
      const isLoop = [...spot.above, spot.from].some((folder) => isWithin(end.path, folder))
      if (end.type === 'folder' && isLoop)
        throw badName(path, 'the link leads to a folder above it')
      if (end.type !== 'folder') return { entry, from: end.path }
      const inner = { entry, from: end.path, spot }
      return await this.#inner(inner, (folder) => this.folder(folder))
    } catch (error) {
      this.#rules.signal.throwIfAborted()
      return { entry: link, refused: ours(error) }
    }
  }

  async #endOf(link: RemoteEntry, from: string): Promise<RemoteEntry> {
    const { files } = this.#place
    const { signal } = this.#rules
    let at = from
    let found = link
    for (let links = 0; found.type === 'link'; links++) {
      if (links === MOST_LINKS) throw badName(from, 'it leads through too many links')
      const next = resolvedLink(at, found.target ?? (await files.readLink(at, { signal })))
      if (next === undefined) throw badName(from, 'the link leads out of the tree')
      at = next
      found = await files.stat(at, { signal })
    }
    return { ...found, path: at }
  }

  /** What is behind a link, or is a folder, may turn out to be hidden or hollow. */
  #addDeep(folder: FoundFolder, path: string, each: Scanned): void {
    const { name } = each.entry
    if (each.folder?.hides === true) folder.hides = true
    if (this.#isHidden(join(path, name), each)) folder.hidden.add(name)
    else if (this.#isHollow(join(path, name), each)) folder.hollow.set(name, each)
    else {
      folder.add(each)
      return
    }
    folder.hides = true
  }

  /** Whether what a link led to turned out to be hidden. */
  #isHidden(path: string, { entry, from }: Scanned): boolean {
    const { filter, follow } = this.#rules
    return follow && from !== undefined && filter.hides(path, entry.type === 'folder')
  }

  #isHollow(path: string, { folder }: Scanned): boolean {
    if (folder === undefined || this.#rules.filter.wantsFolder(path)) return false
    return folder.entries.size === 0 && folder.settled === 0 && folder.failure === undefined
  }
}

/** Finds what a folder holds. */
type FolderAt = (spot: Spot) => Promise<ScannedFolder>

interface Inner {
  readonly entry: RemoteEntry
  readonly from: string
  readonly spot: Spot
}

/** The error as one of ours, whatever a tree of others threw. */
function ours(error: unknown): NetError {
  if (isNetError(error)) return error
  return netError('NET_INTERNAL', {
    message: 'the tree failed with an error of its own',
    cause: error,
  })
}

const MOST_DEEP = 256
const MOST_LINKS = 40
const MOST_LISTINGS = 64
