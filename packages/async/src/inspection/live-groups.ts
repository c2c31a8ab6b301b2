/*
 * Which groups run at this moment, and which tasks leaked: the only such list, one entry per group, so that
 * a task costs nothing. It holds them and looks at nothing.
 */

/** What can be seen of a task. */
export interface VisibleTask {
  readonly name: string
  readonly state: string
  /** Whether it was cancelled. */
  readonly stopped: boolean
  /** What it hands to what it calls. */
  readonly signal: AbortSignal
}

/** What can be seen of a group while it runs. */
export interface VisibleGroup {
  /** When it began, on the clock of the process. */
  readonly since: number
  /** Its block, which is one of its tasks. */
  readonly block: VisibleTask | undefined
  /** Every task of it that has not ended. */
  readonly tasks: Iterable<VisibleTask>
  readonly signal: AbortSignal
  /** The signal that it was given. */
  readonly outer: AbortSignal | undefined
}

/** Puts a group on the list; `parent` is the id of the task that it was opened in, where that is known. */
export function listGroup(group: VisibleGroup, parent: number | undefined): void {
  groups.set(group, parent)
}

/** Takes a group off the list. */
export function unlistGroup(group: VisibleGroup): void {
  groups.delete(group)
}

/** Adds a task that leaked from its group to the list, which keeps the latest 100. */
export function listLeak(task: VisibleTask): void {
  leaks.add(task)
  if (leaks.size <= LONGEST) return
  // A task that never ends would stay for ever otherwise.
  for (const oldest of leaks) {
    leaks.delete(oldest)
    return
  }
}

/** Takes a task off the list that has ended after all. */
export function unlistLeak(task: VisibleTask): void {
  leaks.delete(task)
}

/** The groups that run, in the order in which they began, with the id of the task each was opened in. */
export function liveGroups(): ReadonlyMap<VisibleGroup, number | undefined> {
  return groups
}

/** The tasks that leaked and have not ended. */
export function leakedTasks(): ReadonlySet<VisibleTask> {
  return leaks
}

const LONGEST = 100
const groups = new Map<VisibleGroup, number | undefined>()
const leaks = new Set<VisibleTask>()
