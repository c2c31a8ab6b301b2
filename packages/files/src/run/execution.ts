/*
 * Carries out a plan: folders, then files, several at a time, then the files that are to be last, then what is removed. A
 * step that fails is reported, and holds back only what depends on it.
 */

import { map } from '@net/async'
import { isAbort, isNetError, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { PathTest } from '../engine/ignore.ts'
import { pathIn } from '../place.ts'
import { partName } from '../plan/part-name.ts'
import type { PlanStep } from '../plan/plan-step.ts'
import type { PlanSteps } from '../plan/plan-steps.ts'
import { byDepth, removeLinks } from '../shown-links.ts'
import { MOST_OF_TINY } from '../small-files.ts'
import type { StateKeeper } from '../state/state-keeper.ts'
import { folderOf, isWithin, join, nameOf } from '../tree-path.ts'
import { copyFile } from './file-copy.ts'
import { copyQuickly } from './quick-files.ts'
import type { ReportLog } from './report-log.ts'
import type { Route } from './route.ts'

/** What an execution needs besides its plan. */
export interface ExecutionParts {
  readonly route: Route
  readonly log: ReportLog
  readonly concurrency: number
  /** How many small files at a time, which take little more than their trips. */
  readonly concurrencyOfSmall: number
  /** How many tiny files at a time. */
  readonly concurrencyOfTiny: number
  readonly isLast: PathTest | undefined
  readonly state: StateKeeper | undefined
}

/** Carries out the steps. Rejects only when the call is stopped. */
export async function execute(steps: PlanSteps, parts: ExecutionParts): Promise<void> {
  await new Execution(parts).run(steps)
}

class Execution {
  readonly #parts: ExecutionParts
  readonly #route: Route
  /** Folders of the target that could not be made: what belongs in them fails with them. */
  readonly #missing: string[] = []
  /** Paths of what failed. */
  readonly #failed: string[] = []
  #fullInARow = 0

  constructor(parts: ExecutionParts) {
    this.#parts = parts
    this.#route = parts.route
  }

  async run(steps: PlanSteps): Promise<void> {
    const { isLast, route } = this.#parts
    const { adjusted, bytes, folders, removed, settled, swapped } = sorted(steps)
    for (const step of settled) this.#parts.log.settled(step)
    route.expect(bytes)
    // Those above come first in the plan.
    for (const step of folders) await this.#step(step, () => this.#makeFolder(step))
    const late = (step: PlanStep): boolean => isLast?.(step.path, false) === true
    await this.#files(steps.where((step) => isFile(step) && !late(step)))
    if (isLast !== undefined) await this.#files(steps.where((step) => isFile(step) && late(step)))
    for (const step of swapped.toReversed()) await this.#step(step, () => this.#swap(step))
    await this.#each(adjusted, (step) => this.#adjust(step))
    const left = await this.#withoutLinks(removed, (step, error) => this.#linkSettled(step, error))
    for (const level of byDepth(left)) await this.#each(level, (step) => this.#remove(step))
  }

  async #files(steps: Iterable<PlanStep>): Promise<void> {
    const { log, route, state } = this.#parts
    // What belongs in a folder that is missing fails.
    const mayBeQuick = this.#missing.length === 0
    const left = mayBeQuick
      ? await copyQuickly(route, steps, (step, copied) => {
          log.settled(step, { transferred: copied.transferred })
          return state?.copied(step, copied)
        })
      : steps
    const { concurrency, concurrencyOfSmall, concurrencyOfTiny } = this.#parts
    const mostTiny = Math.min(route.mostSmall, MOST_OF_TINY)
    const sorts = [
      { upTo: mostTiny, atOnce: concurrencyOfTiny },
      { upTo: route.mostSmall, atOnce: concurrencyOfSmall },
      { upTo: Infinity, atOnce: concurrency },
    ]
    let least = -1
    for (const { upTo, atOnce } of sorts) {
      const above = least
      least = upTo
      const isOfSort = (step: PlanStep): boolean => sizeOf(step) > above && sizeOf(step) <= upTo
      await this.#each(Iterator.from(left).filter(isOfSort), (step) => this.#file(step), atOnce)
    }
  }

  async #each(
    steps: Iterable<PlanStep>,
    run: (step: PlanStep) => Promise<StepDone | void>,
    concurrency = this.#parts.concurrency,
  ): Promise<void> {
    const { route } = this.#parts
    const options = { concurrency, signal: route.op.signal }
    await map(steps, (step) => this.#step(step, () => run(step)), options)
  }

  async #step(step: PlanStep, run: () => Promise<StepDone | void>): Promise<void> {
    const { log, route } = this.#parts
    route.op.signal.throwIfAborted()
    try {
      const done = await run()
      if (step.beside === undefined || step.type !== 'folder' || this.#isSwapped(step)) {
        log.settled(step, done ?? {})
      }
    } catch (error) {
      route.op.signal.throwIfAborted()
      if (isAbort(error)) throw error
      this.#failed.push(step.to)
      log.settled(step, { error: ours(error) })
    }
  }

  readonly #swaps = new Set<PlanStep>()

  #isSwapped(step: PlanStep): boolean {
    return this.#swaps.has(step)
  }

  async #makeFolder(step: PlanStep): Promise<StepDone> {
    const { files } = this.#route.to
    const { signal } = this.#route.op
    this.#checkAbove(step)
    const path = pathIn(this.#route.to, step.beside ?? step.to)
    try {
      if (step.beside === step.to) await this.#clear(step)
      else if (step.beside !== undefined) await this.#removeLeft(path)
      await files.mkdir(path, { signal, recursive: step.beside === undefined })
      return await this.#route.dress.put(path, { mode: step.mode, modified: undefined }, signal)
    } catch (error) {
      this.#missing.push(step.beside ?? step.to)
      throw error
    }
  }

  async #file(step: PlanStep): Promise<StepDone> {
    this.#checkAbove(step)
    if (this.#fullInARow >= MOST_FULL) {
      throw netError('NET_NO_SPACE', {
        message: 'not tried, as the target had no space three times in a row',
      })
    }
    if (step.type === 'link') return this.#link(step)
    try {
      const copied = await copyFile(this.#route, step, () => this.#clear(step))
      this.#fullInARow = 0
      await this.#parts.state?.copied(step, copied)
      const { note, transferred } = copied
      return { note, transferred }
    } catch (error) {
      if (isNetError(error) && error.code === 'NET_NO_SPACE') this.#fullInARow++
      throw error
    }
  }

  async #link(step: PlanStep): Promise<StepDone> {
    const { files } = this.#route.to
    const { signal } = this.#route.op
    const { target = '' } = step.source ?? {}
    const path = pathIn(this.#route.to, step.to)
    const isThere = step.target !== undefined
    const cannotRename = this.#route.toCan.rename === 'none'
    if (!isThere || cannotRename) {
      if (step.instead !== undefined) await this.#clear(step)
      else if (isThere) await files.remove(path, { signal }).catch(unlessMissing)
      await files.symlink(target, path, { signal })
      return { transferred: 0 }
    }
    const { longestName } = this.#route.toCan
    const name = partName(nameOf(path), { ...step.target, size: 0 }, longestName)
    const beside = join(folderOf(path), name)
    await this.#removeLeft(beside)
    await files.symlink(target, beside, { signal })
    await this.#clear(step)
    await files.rename(beside, path, { replace: true, signal })
    return { transferred: 0 }
  }

  /** The folder that was filled beside what it replaces takes its place. */
  async #swap(step: PlanStep): Promise<void> {
    const { beside = step.to } = step
    const { signal } = this.#route.op
    this.#swaps.add(step)
    const failed = this.#failed.find((path) => isWithin(beside, path))
    if (failed !== undefined) {
      throw netError('NET_PARTIAL_TRANSFER', {
        message: `${failed} in it failed, so what was there stays`,
      })
    }
    if (beside === step.to) return
    await this.#clear(step)
    const { to } = this.#route
    await to.files.rename(pathIn(to, beside), pathIn(to, step.to), { signal })
  }

  async #adjust(step: PlanStep): Promise<void> {
    const { files } = this.#route.to
    const { signal } = this.#route.op
    const path = pathIn(this.#route.to, step.to)
    if (step.mode !== undefined) await files.setMode(path, step.mode, { signal })
    if (step.modified !== undefined) await files.setModified(path, step.modified, { signal })
  }

  async #remove(step: PlanStep): Promise<void> {
    const { to } = this.#route
    const { signal } = this.#route.op
    const isPart = step.why === 'part of a copy'
    const removing = to.files.remove(pathIn(to, step.to), {
      signal,
      recursive: isPart && step.type === 'folder',
    })
    // The part of another run may be whole by now, and have its name.
    await (isPart ? removing.catch(unlessMissing) : removing)
    this.#parts.state?.removed(step)
  }

  /** Removes what has to go before the new one takes its place. */
  async #clear({ instead = [] }: PlanStep): Promise<void> {
    const { to } = this.#route
    const { signal } = this.#route.op
    const left = await this.#withoutLinks(instead, (_, error) => {
      if (error !== undefined) throw ours(error)
    })
    for (const old of left) {
      await to.files.remove(pathIn(to, old.to), { signal }).catch(unlessMissing)
    }
  }

  #withoutLinks(
    steps: readonly PlanStep[],
    settled: (step: PlanStep, error?: unknown) => void,
  ): Promise<readonly PlanStep[]> {
    const { concurrency, route } = this.#parts
    return removeLinks(route.to, steps, { concurrency, signal: route.op.signal, settled })
  }

  #linkSettled(step: PlanStep, error: unknown): void {
    const { log, state } = this.#parts
    if (error === undefined) {
      state?.removed(step)
      return log.settled(step)
    }
    this.#failed.push(step.to)
    log.settled(step, { error: ours(error) })
  }

  async #removeLeft(path: string): Promise<void> {
    const { signal } = this.#route.op
    await this.#route.to.files.remove(path, { recursive: true, signal }).catch(unlessMissing)
  }

  #checkAbove(step: PlanStep): void {
    const above = this.#missing.find((folder) => isWithin(folder, step.beside ?? step.to))
    if (above !== undefined) {
      throw netError('NET_NOT_FOUND', { message: `the folder ${above} could not be made` })
    }
  }
}

/** What came of a step. */
interface StepDone {
  readonly transferred?: number | undefined
  readonly note?: NetError | undefined
}

interface Sorted {
  readonly settled: readonly PlanStep[]
  readonly folders: readonly PlanStep[]
  /** Of all files that are sent. */
  readonly bytes: number
  readonly swapped: readonly PlanStep[]
  readonly adjusted: readonly PlanStep[]
  readonly removed: readonly PlanStep[]
}

function sorted(steps: Iterable<PlanStep>): Sorted {
  const settled: PlanStep[] = []
  const folders: PlanStep[] = []
  let bytes = 0
  const swapped: PlanStep[] = []
  const adjusted: PlanStep[] = []
  const removed: PlanStep[] = []
  for (const step of steps) {
    const { action, beside } = step
    if (action === 'adjust') adjusted.push(step)
    else if (action === 'remove') removed.push(step)
    else if (action !== 'make' && action !== 'replace') settled.push(step)
    else if (isFile(step)) bytes += step.source?.size ?? 0
    else {
      folders.push(step)
      if (beside !== undefined) swapped.push(step)
    }
  }
  return { settled, folders, bytes, swapped, adjusted, removed }
}

/** Infinity where it is unknown, also to a tree that has a figure for that. */
function sizeOf({ source }: PlanStep): number {
  const { size = Infinity } = source ?? {}
  return size >= 0 ? size : Infinity
}

/** Whether it sends a file, or a link. */
function isFile({ action, type }: PlanStep): boolean {
  return (action === 'make' || action === 'replace') && type !== 'folder'
}

function unlessMissing(error: unknown): void {
  if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') throw error
}

function ours(error: unknown): NetError {
  if (isNetError(error)) return error
  return netError('NET_INTERNAL', {
    message: 'a tree failed with an error of its own',
    cause: error,
  })
}

const MOST_FULL = 3
