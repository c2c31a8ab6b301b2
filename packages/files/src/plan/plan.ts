/*
 * What a copy of one tree over another will do, entry by entry, and why. Pure: two listings and rules go in, steps come
 * out, and no byte has moved when the caller sees them.
 */

import type { NetError, RemoteEntry } from '@net/core'
import { netError } from '@net/core/authoring'

import type { Scanned, ScannedFolder } from '../scanned.ts'
import { badName, folderOf, join, nameOf, resolvedLink } from '../tree-path.ts'
import { aheadOf, compareFiles, grainOf, type Compared } from './compare.ts'
import { ownerOfPart, partName } from './part-name.ts'
import type { EntryAction, EntryReason, PlanStep } from './plan-step.ts'
import { PlanSteps } from './plan-steps.ts'
import type { PlanRules } from './plan-rules.ts'
import { Removals } from './removals.ts'
import { nameKey, whyNot } from './target-names.ts'

/** Plans the copy of `source` over `target`, which is undefined where there is none. The steps are in the order of the tree. */
export function planTree(
  source: ScannedFolder,
  target: ScannedFolder | undefined,
  rules: PlanRules,
): PlanSteps {
  const planner = new Planner(rules)
  planner.folder({ path: '', to: '', source, target })
  return planner.steps
}

/** Two folders of one path. */
interface FolderPair {
  readonly path: string
  readonly to: string
  readonly source: ScannedFolder
  readonly target: ScannedFolder | undefined
}

/** An entry of the source, with what the target has under its name. */
interface EntryPair {
  readonly path: string
  readonly to: string
  readonly source: Scanned
  readonly target: Scanned | undefined
  readonly part: RemoteEntry | undefined
}

/** What a folder of the target holds, by the keys of the names. */
interface Keyed {
  readonly byKey: ReadonlyMap<string, Scanned>
  /** The keys of what is hidden there. */
  readonly hidden: ReadonlySet<string>
  /** Folders that hold nothing that is wanted. */
  readonly hollow: ReadonlyMap<string, Scanned>
  /** Few folders have parts, and to know the name of one takes a hash. */
  readonly hasParts: boolean
}

class Planner {
  readonly steps = new PlanSteps()
  readonly #rules: PlanRules
  readonly #removals: Removals
  /** Paths of the target under which this plan goes on, or begins. */
  readonly #wantedParts = new Set<string>()

  constructor(rules: PlanRules) {
    this.#rules = rules
    this.#removals = new Removals(rules.deletes)
  }

  folder(pair: FolderPair): void {
    const { path, to, source, target } = pair
    if (source.failure !== undefined) this.#refuse(path, to, 'folder', source.failure)
    if (target?.failure !== undefined) {
      // What is in it is not known, so nothing in it is touched.
      this.#refuse(path, to, 'folder', target.failure)
      return
    }
    const there = this.#keyed(target)
    // What is hidden in the source keeps its place on the target, whatever type it has there; a hollow folder does not.
    const matched = new Set([...source.hidden].map((name) => this.#key(name)))
    const groups = this.#grouped(source)
    for (const [key, group] of groups) {
      matched.add(key)
      for (const each of group) this.#one(pair, group, each, there)
    }
    const isOurs = (owner: string): boolean => owner === '' || groups.has(this.#key(owner))
    for (const [key, left] of there.byKey) {
      if (!matched.has(key)) this.#leftOver(pair, left, isOurs)
    }
  }

  #one({ path, to }: FolderPair, group: readonly Scanned[], source: Scanned, there: Keyed): void {
    const { name, type } = source.entry
    const target = there.byKey.get(this.#key(name)) ?? this.#hollow(there, source)
    const here = join(path, name)
    const ownName = target?.entry.name ?? name
    const spelled = to === path && ownName === name ? here : join(to, ownName)
    const error =
      source.refused ?? this.#refusal(here, group, source) ?? this.#hidden(there, source, target)
    if (ownerOfPart(name) !== undefined)
      this.#add('skip', 'part of a copy', { path: here, to: spelled, source, target })
    else if (error !== undefined) this.#refuse(here, spelled, type, error)
    else {
      const part = this.#partOf(source, nameOf(spelled), there)
      this.#known({ path: here, to: spelled, source, target, part })
    }
  }

  #refusal(path: string, group: readonly Scanned[], { entry }: Scanned): NetError | undefined {
    const [other] = group.filter((each) => each.entry !== entry)
    if (other !== undefined) {
      return badName(
        path,
        `the target takes it and ${JSON.stringify(other.entry.name)} for one name`,
      )
    }
    const why = whyNot(entry.name, this.#rules)
    return why === undefined ? undefined : badName(path, why)
  }

  /** A folder of the target that holds nothing that is wanted may get something. */
  #hollow({ hollow }: Keyed, { entry }: Scanned): Scanned | undefined {
    return entry.type === 'folder' ? hollow.get(this.#key(entry.name)) : undefined
  }

  /** The refusal where the target has something hidden under the name. */
  #hidden(
    { hidden, hollow }: Keyed,
    { entry }: Scanned,
    target: Scanned | undefined,
  ): NetError | undefined {
    const key = this.#key(entry.name)
    const isHidden = hidden.has(key) || (target === undefined && hollow.has(key))
    const message = 'what the target has under that name is excluded'
    return isHidden ? netError('NET_EXISTS', { message }) : undefined
  }

  /** An entry with a name that the target can have. */
  #known(pair: EntryPair): void {
    const { type } = pair.source.entry
    if (type === 'other') this.#add('skip', 'not a file', pair)
    else if (type === 'link') this.#link(pair)
    else if (pair.target !== undefined && pair.target.entry.type !== type) this.#otherType(pair)
    else if (type === 'folder') this.#folder(pair)
    else this.#file(pair)
  }

  #folder(pair: EntryPair): void {
    const { path, to, source, target } = pair
    const mode = this.#modeFor(source.entry, target?.entry)
    if (target === undefined) this.#add('make', 'missing', pair, { mode })
    else if (mode !== undefined) this.#add('adjust', 'mode', pair, { mode })
    else this.#add('keep', 'same', pair)
    if (source.folder !== undefined) {
      this.folder({ path, to, source: source.folder, target: target?.folder })
    }
  }

  #file(pair: EntryPair): void {
    const { path, source, target } = pair
    const more = {
      mode: this.#modeFor(source.entry, target?.entry),
      modified: this.#timeFor(source.entry),
    }
    if (target === undefined) {
      this.#add('make', 'missing', pair, more)
      return
    }
    const compared = compareFiles(path, source.entry, target.entry, this.#rules)
    if (!compared.isSame) this.#add('replace', compared.why, pair, more)
    else this.#same(pair, compared, more.mode)
  }

  #same(pair: EntryPair, compared: Compared, mode: number | undefined): void {
    const { why, certain } = compared
    const isNewer = why === 'newer on the target'
    const modified = this.#rules.compare === 'hash' ? this.#otherTime(pair) : undefined
    if (isNewer || (mode === undefined && modified === undefined)) {
      this.#add('keep', why, pair, certain ? {} : { certain })
    } else this.#add('adjust', mode === undefined ? 'time' : 'mode', pair, { mode, modified })
  }

  #link(pair: EntryPair): void {
    const { path, source, target } = pair
    const { symlinks, to } = this.#rules
    const { target: leads } = source.entry
    if (symlinks !== 'keep') this.#add('skip', 'link', pair)
    else if (!to.links || leads === undefined) {
      this.#refuse(
        path,
        pair.to,
        'link',
        netError('NET_UNSUPPORTED', { message: 'the target has no links' }),
      )
    } else if (resolvedLink(path, leads) === undefined) {
      this.#refuse(path, pair.to, 'link', badName(path, 'the link leads out of the tree'))
    } else if (target === undefined) this.#add('make', 'missing', pair)
    else if (target.entry.type !== 'link') this.#otherType(pair)
    else if (target.entry.target === leads) this.#add('keep', 'same', pair)
    else this.#add('replace', 'link target', pair)
  }

  /** A file where a folder was, and the like: with `delete` the new one takes its place once it is whole. */
  #otherType(pair: EntryPair): void {
    const { path, to, source, target } = pair
    const instead = target === undefined ? undefined : this.#removals.whole(path, to, target)
    if (!this.#rules.deletes || instead === undefined) {
      const message = `the target has a ${target?.entry.type} under that name`
      this.#refuse(path, to, source.entry.type, netError('NET_EXISTS', { message }))
      return
    }
    const mode = this.#modeFor(source.entry, undefined)
    const { folder, entry } = source
    if (folder === undefined) {
      this.#add('replace', 'type', pair, { instead, mode, modified: this.#timeFor(entry) })
      return
    }
    const { rename, longestName } = this.#rules.to
    const name = partName(nameOf(to), entry, longestName)
    const beside = rename === 'none' ? to : join(folderOf(to), name)
    this.#wantedParts.add(beside)
    this.#add('replace', 'type', pair, { instead, mode, beside })
    this.folder({ path, to: beside, source: folder, target: undefined })
  }

  /** What the target has and the source has not. */
  #leftOver(
    { path, to, source }: FolderPair,
    left: Scanned,
    isOurs: (owner: string) => boolean,
  ): void {
    const { name } = left.entry
    const spot = { path: join(path, name), to: join(to, name), target: left }
    const owner = ownerOfPart(name)
    if (owner !== undefined && isOurs(owner)) this.#part(spot, source)
    else if (left.refused !== undefined) this.#refuse(spot.path, spot.to, 'other', left.refused)
    else if (source.failure !== undefined) this.#add('keep', 'not listed', spot)
    else if (!this.#rules.deletes) this.#add('keep', 'not in the source', spot)
    else {
      // One by one: as arguments of one call there may be too many.
      for (const step of this.#removals.of(spot.path, spot.to, left)) this.steps.push(step)
    }
  }

  /** A part that this plan goes on with stays; one of another version goes. */
  #part(spot: { path: string; to: string; target: Scanned }, source: ScannedFolder): void {
    if (this.#wantedParts.has(spot.to)) return
    const action = source.failure === undefined ? 'remove' : 'keep'
    this.#add(action, 'part of a copy', spot)
  }

  /** The part of this version, under the name in the spelling of the target. */
  #partOf({ entry }: Scanned, spelled: string, there: Keyed): RemoteEntry | undefined {
    if (entry.type !== 'file' || !there.hasParts) return undefined
    const name = partName(spelled, entry, this.#rules.to.longestName)
    const found = there.byKey.get(this.#key(name))
    return found?.entry.type === 'file' ? found.entry : undefined
  }

  #modeFor(source: RemoteEntry, target: RemoteEntry | undefined): number | undefined {
    const { modes, to } = this.#rules
    if (!modes || !to.modes || source.mode === undefined) return undefined
    return source.mode === target?.mode ? undefined : source.mode
  }

  #timeFor({ modified }: RemoteEntry): number | undefined {
    const { times, to, clockShift } = this.#rules
    if (!times || to.times?.canSet !== true || modified === undefined) return undefined
    return modified + clockShift
  }

  /** The time that a file of the same bytes is given, where it has another. */
  #otherTime({ source, target }: EntryPair): number | undefined {
    const time = this.#timeFor(source.entry)
    if (target === undefined) return undefined
    const ahead = aheadOf(source.entry, target.entry, this.#rules)
    const grain = grainOf(this.#rules, source.entry, target.entry)
    return ahead !== undefined && Math.abs(ahead) > grain ? time : undefined
  }

  #refuse(path: string, to: string, type: RemoteEntry['type'], error: NetError): void {
    this.steps.push({ path, to, type, action: 'refuse', why: 'refused', error })
  }

  #add(
    action: EntryAction,
    why: EntryReason,
    pair: Pick<EntryPair, 'path' | 'to' | 'target'> & Partial<Pick<EntryPair, 'source' | 'part'>>,
    more: StepDetails = {},
  ): void {
    const { path, to, source, target } = pair
    const moves = action === 'make' || action === 'replace'
    const part = moves ? pair.part : undefined
    if (part !== undefined) this.#wantedParts.add(join(folderOf(to), part.name))
    const { type } = source?.entry ?? target?.entry ?? OTHER
    // One shape for all: a plan may have a hundred thousand.
    this.steps.push({
      path,
      to,
      type,
      action,
      why,
      source: source?.entry,
      target: target?.entry,
      from: source?.from,
      part,
      mode: more.mode,
      modified: more.modified,
      instead: more.instead,
      beside: more.beside,
      certain: more.certain,
    })
  }

  #grouped(source: ScannedFolder): ReadonlyMap<string, readonly Scanned[]> {
    const groups = new Map<string, Scanned[]>()
    for (const each of source.entries.values()) {
      const key = this.#key(each.entry.name)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [each])
      else group.push(each)
    }
    return groups
  }

  #keyed(target: ScannedFolder | undefined): Keyed {
    const byKey = new Map<string, Scanned>()
    let hasParts = false
    for (const each of target?.entries.values() ?? []) {
      const { name } = each.entry
      if (ownerOfPart(name) !== undefined) hasParts = true
      byKey.set(this.#key(name), each)
    }
    const hidden = new Set([...(target?.hidden ?? [])].map((name) => this.#key(name)))
    const hollow = new Map(
      [...(target?.hollow ?? [])].map(([name, each]) => [this.#key(name), each]),
    )
    return { byKey, hidden, hollow, hasParts }
  }

  #key(name: string): string {
    return nameKey(name, this.#rules.to)
  }
}

/** What a step has besides its entries. */
interface StepDetails {
  readonly mode?: number | undefined
  readonly modified?: number | undefined
  readonly certain?: boolean | undefined
  readonly instead?: readonly PlanStep[] | undefined
  readonly beside?: string | undefined
}

const OTHER = { type: 'other' } as const
