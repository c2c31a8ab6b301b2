/*
 * One file on its way: into a part on the target, which is verified and then takes the name. Nothing is ever short under
 * the name itself, unless the target cannot rename.
 */

import { IntegrityError, isNetError, type NetError, type RemoteEntry } from '@net/core'
import { isOfGoneClient, netError, operation, type Operation } from '@net/core/authoring'

import { nameOfPlace } from '../overlap.ts'
import { PartFile } from '../part-file.ts'
import { ownPartName, ownPartNameOf, partName } from '../plan/part-name.ts'
import type { PlanStep } from '../plan/plan-step.ts'
import { pathIn } from '../place.ts'
import { sourceChanged } from '../refusals.ts'
import { hasRoads } from '../short-road.ts'
import { together } from '../together.ts'
import { PROTOCOL } from '../tree-call.ts'
import { folderOf, join, nameOf } from '../tree-path.ts'
import type { CopiedFile } from './copied-file.ts'
import type { Dressed } from './dress.ts'
import { modeFor, privateMode } from './file-mode.ts'
import { moveBytes, type OwnPartOptions } from './move-bytes.ts'
import { ownPart } from './parts-in-use.ts'
import { carriedFile } from './quick-files.ts'
import type { Route } from './route.ts'
import { copySmall } from './small-copy.ts'

/** Copies the file of the step. `clear` removes what stands in its place. */
export function copyFile(
  route: Route,
  step: PlanStep,
  clear: () => Promise<void>,
): Promise<CopiedFile> {
  const { op, retry } = route
  const spec = {
    protocol: PROTOCOL,
    operation: 'copy file',
    target: step.path,
    kind: 'transfer',
    idempotent: true,
    parent: op.id,
    // Not for each of the files that are left.
    usable: (error: NetError) => !isOfGoneClient(error),
  } as const
  const { signal } = op.within
  const earlier = new Set<string>()
  return operation(spec, { signal, retry }, (inner) =>
    inner.attempt(({ number }) => new FileCopy(route, step, inner).run({ number, earlier }, clear)),
  )
}

/** One attempt. */
interface Try {
  readonly number: number
  /** The parts of the attempts before, to which this one adds its own. */
  readonly earlier: Set<string>
}

/** Into what the bytes go. */
interface Into {
  readonly source: RemoteEntry
  /** The path of the part, or of the file where there is none. */
  readonly part: string
  /** How many bytes it has of this version; undefined for none. */
  readonly there: number | undefined
  /** Which file of this machine it is. */
  readonly file: PartFile | undefined
}

class FileCopy {
  readonly #route: Route
  readonly #step: PlanStep
  readonly #op: Operation
  /** The path of the source in its tree. */
  readonly #from: string
  /** The path of the target in its tree. */
  readonly #to: string

  constructor(route: Route, step: PlanStep, op: Operation) {
    this.#route = route
    this.#step = step
    this.#op = op
    this.#from = step.from ?? pathIn(route.from, step.path)
    this.#to = pathIn(route.to, step.to)
  }

  async run({ number, earlier }: Try, clear: () => Promise<void>): Promise<CopiedFile> {
    const { from, toCan } = this.#route
    const { signal } = this.#op
    // What failed may have been a change of the file.
    const known = number === 1 ? this.#step.source : undefined
    const source = known ?? (await from.files.stat(this.#from, { signal }))
    if (source.type !== 'file') throw sourceChanged(this.#step.path, `it is a ${source.type} now`)
    if (toCan.rename === 'none') {
      await clear()
      return this.#direct(source)
    }
    const part = this.#beside(partName(nameOf(this.#to), source, toCan.longestName))
    await this.#leave(earlier, part)
    const carried = await this.#carried(source)
    if (carried !== undefined) return carried
    using own = await ownPart(nameOfPlace({ ...this.#route.to, path: part }), signal)
    earlier.add(part)
    const isKnown = number === 1 && !own.hasWaited
    const there = isKnown ? this.#step.part : await this.#there(part)
    const small = there === undefined ? await this.#small(source, part, clear) : undefined
    return small ?? (await this.#long(source, { part, there: there?.size }, clear))
  }

  /** Into the part, which another process may take. */
  async #long(
    source: RemoteEntry,
    shared: Pick<Into, 'part' | 'there'>,
    clear: () => Promise<void>,
  ): Promise<CopiedFile> {
    const file = this.#partFile()
    try {
      return await this.#into({ source, ...shared, file }, clear)
    } catch (error) {
      this.#op.signal.throwIfAborted()
      if (file?.isLost !== true) throw error
    }
    return this.#alone(source, clear)
  }

  async #into(into: Into, clear: () => Promise<void>): Promise<CopiedFile> {
    const transferred = await this.#move(into)
    const finished = await this.#finished(into, clear)
    return { transferred, source: into.source, ...finished }
  }

  /** From the beginning, in a part that only this run knows: another process has taken the one that both know. */
  async #alone(source: RemoteEntry, clear: () => Promise<void>): Promise<CopiedFile> {
    const part = this.#ownPart()
    try {
      const file = this.#partFile()
      return await this.#into({ source, part, there: undefined, file }, clear)
    } catch (error) {
      await this.#route.to.files.remove(part).catch(() => {})
      throw error
    }
  }

  /** As a whole; undefined where it has to go the long way. On this machine the part is one that only this run knows. */
  async #small(
    source: RemoteEntry,
    shared: string,
    clear: () => Promise<void>,
  ): Promise<CopiedFile | undefined> {
    const route = this.#route
    const { files } = route.to
    const { size: transferred = Infinity } = source
    if (transferred > route.mostSmall || route.mayCopyWithin) return undefined
    const isOwn = hasRoads(files)
    const part = isOwn ? this.#beside(ownPartName()) : shared
    const { modified } = this.#step
    const copy = { from: this.#from, part, source, mode: this.#mode, modified }
    try {
      const copied = await copySmall(route, this.#op, copy)
      if (copied === undefined) return undefined
      await clear()
      await files.rename(part, this.#to, { replace: true, signal: this.#op.signal })
      route.moved(transferred)
      return { transferred, source, ...copied }
    } catch (error) {
      if (isOwn || error instanceof IntegrityError) await files.remove(part).catch(() => {})
      throw error
    }
  }

  #partFile(): PartFile | undefined {
    return hasRoads(this.#route.to.files) ? new PartFile() : undefined
  }

  /** A part of the version before, which is not gone on with, goes. */
  async #leave(earlier: Set<string>, part: string): Promise<void> {
    for (const old of earlier) {
      if (old !== part)
        await this.#route.to.files.remove(old, { signal: this.#op.signal }).catch(noneIfMissing)
    }
  }

  /** Verifies the part, and gives it its time, mode and name. */
  async #finished(into: Into, clear: () => Promise<void>): Promise<FinishedFile> {
    const { part, source } = into
    const { files } = this.#route.to
    const { signal } = this.#op
    const whole = await this.#takenAside(into)
    try {
      const target = await this.#verified(source, whole)
      const dressed = await this.#dress(whole, target)
      await clear()
      await files.rename(whole, this.#to, { replace: true, signal })
      return { target, ...dressed }
    } catch (error) {
      // What is not the source must not be gone on with.
      if (error instanceof IntegrityError) await files.remove(whole, { signal }).catch(() => {})
      else if (whole !== part) await files.rename(whole, part, { replace: true }).catch(() => {})
      throw error
    }
  }

  /**
   * Another process may write to the same part at any moment. On this machine it is looked at, and gets the name, under a
   * name that only this run knows; elsewhere that would cost every file another trip.
   */
  async #takenAside({ file, part }: Into): Promise<string> {
    const { files } = this.#route.to
    if (file === undefined) return part
    const aside = this.#ownPart()
    try {
      const checking = { file, signal: this.#op.signal }
      await files.rename(part, aside, checking)
      return aside
    } catch (error) {
      // That of another process gets its name back.
      if (file.isLost) await files.rename(aside, part, { replace: true }).catch(() => {})
      throw isMissing(error) ? file.lost(part) : error
    }
  }

  /** The path of a part that only this run knows. */
  #ownPart(): string {
    return this.#beside(ownPartNameOf(nameOf(this.#to), this.#route.toCan.longestName))
  }

  /** The path of what has that name beside the target. */
  #beside(name: string): string {
    return join(folderOf(this.#to), name)
  }

  async #there(part: string): Promise<RemoteEntry | undefined> {
    const { signal } = this.#op
    return this.#route.to.files.stat(part, { signal }).catch(noneIfMissing)
  }

  /** All of it in one go, where there is a short road; undefined where it has to go the long way. */
  async #carried(source: RemoteEntry): Promise<CopiedFile | undefined> {
    const { road } = this.#route
    const file = carriedFile(this.#route, this.#step, source)
    const target = file && (await road?.carry(file))
    if (target === undefined) return undefined
    const { size: transferred = 0 } = source
    this.#route.moved(transferred)
    return { transferred, source, target }
  }

  /** Without a rename the file is written under its own name. */
  async #direct(source: RemoteEntry): Promise<CopiedFile> {
    const file = undefined
    const transferred = await this.#move({ source, part: this.#to, there: undefined, file })
    const target = await this.#verified(source, this.#to)
    const dressed = await this.#dress(this.#to, target)
    return { transferred, source, target, ...dressed }
  }

  async #move(into: Into): Promise<number> {
    const route = this.#route
    const { part: to, source, there } = into
    const within = await this.#within(into)
    if (!within) {
      const own = await this.#begunPrivate(into)
      return moveBytes(route, this.#op, { from: this.#from, to, source, there, own })
    }
    route.moved(source.size ?? 0)
    return source.size ?? 0
  }

  /** What others may not read is kept from them before it has a byte. Resolves to the option by which the tree knows the file. */
  async #begunPrivate({ file, part, there }: Into): Promise<OwnPartOptions | undefined> {
    const { files } = this.#route.to
    const { signal } = this.#op
    const begun = privateMode(this.#mode)
    if (begun === undefined || !this.#route.toCan.modes) return file && { file }
    // Who has opened it before could read on.
    const own = file && { file, mode: begun }
    if (there === undefined) await files.write(part, new Uint8Array(0), { ...own, signal })
    await this.#route.dress.keepOut(part, begun, signal)
    return own
  }

  /** Has the target's server copy it by itself; false where it cannot. */
  async #within({ file, part }: Into): Promise<boolean> {
    const route = this.#route
    if (!route.mayCopyWithin) return false
    try {
      const copying = {
        source: route.from.files,
        signal: this.#op.signal,
        ...(file && { file }),
      }
      await route.to.files.copyWithin?.(this.#from, part, copying)
      return true
    } catch (error) {
      if (!isNetError(error) || error.code !== 'NET_UNSUPPORTED') throw error
      route.mayCopyWithin = false
      return false
    }
  }

  /** What the target has; rejects unless it is as large as the source, which is as it was. */
  async #verified(source: RemoteEntry, path: string): Promise<RemoteEntry> {
    const { from, hash, to } = this.#route
    const { signal } = this.#op
    const target = await to.files.stat(path, { signal })
    const after = await from.files.stat(this.#from, { signal })
    if (after.size !== source.size || after.modified !== source.modified) {
      throw sourceChanged(this.#step.path)
    }
    if (source.size !== undefined && target.size !== undefined && target.size !== source.size) {
      throw netError('NET_SIZE_MISMATCH', {
        message: `the copy has ${target.size} bytes, and the source ${source.size}`,
        expected: source.size,
        received: target.size,
      })
    }
    if (hash === undefined || this.#route.mayCopyWithin) return target
    const [ours, theirs] = await together(signal, [
      async (within) => from.files.hash?.(this.#from, hash, { signal: within }),
      async (within) => to.files.hash?.(path, hash, { signal: within }),
    ])
    if (ours === theirs) return target
    throw netError('NET_CHECKSUM_MISMATCH', { message: `the ${hash} of the copy is another` })
  }

  get #mode(): number | undefined {
    return modeFor(this.#step)
  }

  /** Gives it mode and time, before it takes the name. */
  #dress(path: string, target: RemoteEntry): Promise<Dressed> {
    const { modified } = this.#step
    const mode = this.#mode
    const wanted = {
      mode: mode === target.mode ? undefined : mode,
      modified: modified === target.modified ? undefined : modified,
    }
    return this.#route.dress.put(path, wanted, this.#op.signal)
  }
}

/** A file that has its name. */
type FinishedFile = Omit<CopiedFile, 'transferred' | 'source'>

function noneIfMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined
  throw error
}

function isMissing(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_NOT_FOUND'
}
