/* What `copy` and `mirror` are: list both sides, plan, look whether too much would go, and carry it out. */

import type { Operation, Taken } from '@net/core/authoring'

import { pathTest } from './engine/ignore.ts'
import type { TreeReport } from './entry-report.ts'
import { Filter } from './filter.ts'
import { pathBelow } from './overlap.ts'
import { pairFile, pairUp, type Pairing } from './pairing.ts'
import { placeOf, type TreePlace } from './place.ts'
import { checkDeletes } from './plan/delete-limit.ts'
import { execute } from './run/execution.ts'
import { ReportLog } from './run/report-log.ts'
import { Route } from './run/route.ts'
import { STATE_PART, StateKeeper } from './state/state-keeper.ts'
import { folderOf } from './tree-path.ts'
import type { MirrorOptions } from './tree-options.ts'

/** A copy whose arguments were checked. */
export interface TreeCopyRun {
  readonly source: TreePlace
  readonly target: TreePlace
  readonly options: Taken<MirrorOptions>
  /** Whether both places are files. */
  readonly isFile: boolean
}

/** One run, within the operation of its verb. */
export class TreeCopy {
  readonly #run: TreeCopyRun
  readonly #op: Operation

  constructor(run: TreeCopyRun, op: Operation) {
    this.#run = run
    this.#op = op
  }

  async run(): Promise<TreeReport> {
    const { options, source, target } = this.#run
    const { concurrency = 8, delete: deletes = false, dryRun = false, newer = false } = options
    const filter = new Filter(options, this.#ownPaths())
    const state = await this.#state(filter)
    const pair = this.#run.isFile ? pairFile : pairUp
    const pairing = await pair(source, target, this.#op, {
      ...options,
      concurrency,
      deletes: deletes !== false,
      filter,
      newer,
      state: state?.records,
      tellsAll: options.onEntry !== undefined,
    })
    const { entries = 0, settled, steps } = pairing
    if (deletes !== false) checkDeletes(steps, entries, deletes)
    const { onEntry } = options
    const log = new ReportLog({ dryRun, onEntry, target: this.#into.path })
    log.same(settled)
    if (dryRun) for (const step of steps) log.settled(step)
    else await this.#carryOut(pairing, log, state)
    return log.end()
  }

  async #carryOut(pairing: Pairing, log: ReportLog, state: StateKeeper | undefined): Promise<void> {
    const { concurrency, last } = this.#run.options
    const { calls, fromCan, toCan } = pairing
    await this.#makeRoot(pairing)
    await using route = this.#route(pairing)
    await execute(pairing.steps, {
      route,
      log,
      concurrency: calls,
      concurrencyOfSmall: concurrency === undefined ? Math.min(fromCan.calls, toCan.calls) : calls,
      concurrencyOfTiny: concurrency === undefined ? route.callsOfTiny : calls,
      isLast: last === undefined ? undefined : pathTest(last),
      state,
    })
    await state?.save()
  }

  #route({ fromCan, toCan }: Pairing): Route {
    const { options, source } = this.#run
    const { bandwidth, retry, verify = 'hash' } = options
    const op = this.#op
    return new Route({ from: source, to: this.#into, fromCan, toCan, op, bandwidth, verify, retry })
  }

  /** The folder in which the paths of the entries begin. */
  get #into(): TreePlace {
    const { isFile, target } = this.#run
    return isFile ? { ...target, path: folderOf(target.path) } : target
  }

  async #makeRoot({ entries }: Pairing): Promise<void> {
    if (entries !== undefined || this.#run.isFile) return
    const { files, path } = this.#run.target
    await files.mkdir(path, { recursive: true, signal: this.#op.signal })
  }

  async #state(filter: Filter): Promise<StateKeeper | undefined> {
    const { options, source, target } = this.#run
    if (options.state === undefined) return undefined
    const owner = { from: nameOf(source), to: nameOf(target), filter: filter.key }
    return StateKeeper.open({ place: placeOf('state', options.state), owner, op: this.#op })
  }

  /** The paths of the state, where it lies in one of the trees. */
  #ownPaths(): readonly string[] {
    const { options, source, target } = this.#run
    if (options.state === undefined) return []
    const place = placeOf('state', options.state)
    return [source, target]
      .map((each) => pathBelow(each, place))
      .filter((own) => own !== undefined)
      .flatMap((own) => [own, `${own}${STATE_PART}`])
  }
}

function nameOf({ files, path }: TreePlace): string {
  return `${files.name}#${path}`
}
