/*
 * One file on its way: into a part on the target, which is verified and then takes the name. Nothing is ever short under
 * the name itself, unless the target cannot rename.
 */

import { IntegrityError, isNetError, type RemoteEntry } from '@net/core'
import { netError, operation, type Operation } from '@net/core/authoring'

import { partName } from '../plan/part-name.ts'
import type { PlanStep } from '../plan/plan-step.ts'
import { pathIn } from '../place.ts'
import { sourceChanged } from '../refusals.ts'
import { together } from '../together.ts'
import { PROTOCOL } from '../tree-call.ts'
import { folderOf, join, nameOf } from '../tree-path.ts'
import { moveBytes } from './move-bytes.ts'
import type { Route } from './route.ts'

/** What came of it. */
export interface CopiedFile {
  readonly transferred: number
  readonly source: RemoteEntry
  /** What the target showed of the whole file before it took its name. */
  readonly target: RemoteEntry
}

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
  } as const
  const { signal } = op.within
  return operation(spec, { signal, retry }, (inner) =>
    inner.attempt(({ number }) => new FileCopy(route, step, inner).run(number, clear)),
  )
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

  async run(attempt: number, clear: () => Promise<void>): Promise<CopiedFile> {
    const { from, toCan } = this.#route
    const { signal } = this.#op
    // What failed may have been a change of the file.
    const known = attempt === 1 ? this.#step.source : undefined
    const source = known ?? (await from.files.stat(this.#from, { signal }))
    if (source.type !== 'file') throw sourceChanged(this.#step.path, `it is a ${source.type} now`)
    if (toCan.rename === 'none') {
      await clear()
      return this.#direct(source)
    }
    const name = partName(nameOf(this.#to), source, toCan.longestName)
    const part = join(folderOf(this.#to), name)
    const carried = await this.#carried(source, part)
    if (carried !== undefined) return carried
    const { moved, target } = await this.#part(source, part, attempt)
    await this.#dress(part, target)
    await clear()
    await this.#route.to.files.rename(part, this.#to, { replace: true, signal })
    return { transferred: moved, source, target }
  }

  /** All of it in one go, where there is a short road; undefined where it has to go the long way. */
  async #carried(source: RemoteEntry, part: string): Promise<CopiedFile | undefined> {
    const { road } = this.#route
    const { instead, modified } = this.#step
    if (road === undefined || instead !== undefined) return undefined
    const file = { from: this.#from, to: this.#to, part, source, mode: this.#mode, modified }
    const target = await road.carry(file)
    if (target === undefined) return undefined
    const { size: transferred = 0 } = source
    this.#route.moved(transferred)
    return { transferred, source, target }
  }

  /** The whole file under the name of its part. */
  async #part(source: RemoteEntry, part: string, attempt: number): Promise<Moved> {
    const { to } = this.#route
    const { signal } = this.#op
    const known = this.#step.part
    const there = attempt === 1 ? known : await to.files.stat(part, { signal }).catch(noneIfMissing)
    const moved = await this.#move(source, part, there?.size)
    try {
      return { moved, target: await this.#verified(source, part) }
    } catch (error) {
      // What is not the source must not be gone on with.
      if (error instanceof IntegrityError) await to.files.remove(part, { signal }).catch(() => {})
      throw error
    }
  }

  /** Without a rename the file is written under its own name. */
  async #direct(source: RemoteEntry): Promise<CopiedFile> {
    const transferred = await this.#move(source, this.#to, undefined)
    const target = await this.#verified(source, this.#to)
    await this.#dress(this.#to, target)
    return { transferred, source, target }
  }

  async #move(source: RemoteEntry, to: string, there: number | undefined): Promise<number> {
    const route = this.#route
    const within = await this.#within(to)
    if (!within) return moveBytes(route, this.#op, { from: this.#from, to, source, there })
    route.moved(source.size ?? 0)
    return source.size ?? 0
  }

  /** Has the target's server copy it by itself; false where it cannot. */
  async #within(to: string): Promise<boolean> {
    const route = this.#route
    if (!route.mayCopyWithin) return false
    try {
      await route.to.files.copyWithin?.(this.#from, to, {
        source: route.from.files,
        signal: this.#op.signal,
      })
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

  /** The mode that it is given: a file that is replaced keeps its own, as it does when it is written in place. */
  get #mode(): number | undefined {
    const { action, mode, target, why } = this.#step
    return mode ?? (action === 'replace' && why !== 'type' ? target?.mode : undefined)
  }

  /** Gives it mode and time, before it takes the name. */
  async #dress(path: string, target: RemoteEntry): Promise<void> {
    const { files } = this.#route.to
    const { signal } = this.#op
    const { modified } = this.#step
    const wanted = this.#mode
    const { modes, times } = this.#route.toCan
    if (modes && wanted !== undefined && wanted !== target.mode) {
      await files.setMode(path, wanted, { signal })
    }
    if (times?.canSet === true && modified !== undefined && modified !== target.modified) {
      await files.setModified(path, modified, { signal })
    }
  }
}

interface Moved {
  readonly moved: number
  readonly target: RemoteEntry
}

function noneIfMissing(error: unknown): undefined {
  if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
  throw error
}
