/*
 * The tree of all tasks that have not ended. What a group was opened in is read off the signal that it was given, or off
 * what `trackTasks` recorded; a group without either is at the root.
 */

import { leakedTasks, liveGroups, type VisibleGroup, type VisibleTask } from './live-groups.ts'
import { taskRecordOf } from './task-events.ts'

/** A task that has not ended. */
export interface LiveTask {
  readonly name: string
  /**
   * 'running'; 'waiting', a block that has returned and whose tasks have not; 'ending', cancelled and not ended yet;
   * 'leaked', given up by its group.
   */
  readonly state: 'running' | 'waiting' | 'ending' | 'leaked'
  /** When it began, in milliseconds of the process's monotonic clock; of blocks always, of others while `trackTasks` is in force. */
  readonly since?: number
  /** Where in the source it was spawned, innermost first; while `trackTasks` is in force. */
  readonly origin?: readonly string[]
  /** What it waits for before it ends. */
  readonly children: readonly LiveTask[]
}

/** The tasks of this process that have not ended, as trees: outermost blocks first, then tasks that leaked. */
export function liveTasks(): readonly LiveTask[] {
  const tree = new Tree()
  for (const group of liveGroups().keys()) tree.add(group)
  for (const [group, parent] of liveGroups()) tree.place(group, parent)
  const leaks = [...leakedTasks()].map((task) => nodeOf(task, 'leaked'))
  return [...tree.roots, ...leaks]
}

interface Node extends LiveTask {
  readonly children: Node[]
}

class Tree {
  readonly roots: Node[] = []
  readonly #groups = new Map<VisibleGroup, Node>()
  readonly #bySignal = new Map<AbortSignal, Node>()
  readonly #byId = new Map<number, Node>()

  add(group: VisibleGroup): void {
    const { block } = group
    if (block === undefined) return
    const top = this.#node(block, block.state === 'running' ? stateOf(block) : 'waiting', group)
    this.#groups.set(group, top)
    this.#bySignal.set(group.signal, top)
    for (const task of group.tasks) {
      if (task !== block) top.children.push(this.#node(task, stateOf(task)))
    }
  }

  place(group: VisibleGroup, parent: number | undefined): void {
    const top = this.#groups.get(group)
    if (top === undefined) return
    const { outer } = group
    const above =
      (parent === undefined ? undefined : this.#byId.get(parent)) ??
      (outer === undefined ? undefined : this.#bySignal.get(outer))
    const siblings = above === undefined ? this.roots : above.children
    siblings.push(top)
  }

  #node(task: VisibleTask, state: LiveTask['state'], group?: VisibleGroup): Node {
    const node = nodeOf(task, state, group?.since)
    this.#bySignal.set(task.signal, node)
    const record = taskRecordOf(task)
    if (record !== undefined) this.#byId.set(record.start.id, node)
    return node
  }
}

function nodeOf(task: VisibleTask, state: LiveTask['state'], began?: number): Node {
  const record = taskRecordOf(task)
  const since = record?.start.time ?? began
  const stack = record?.spawned?.stack
  return {
    name: task.name,
    state,
    ...(since === undefined ? {} : { since }),
    ...(stack === undefined ? {} : { origin: callers(stack) }),
    children: [],
  }
}

function stateOf(task: VisibleTask): LiveTask['state'] {
  return task.stopped ? 'ending' : 'running'
}

/**
 * The lines of a stack that are neither this package's nor Node's own. A bundler puts this package and its caller into one
 * file: then all but Node's.
 */
function callers(stack: string): readonly string[] {
  const lines = stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/^at /, ''))
    .filter((line) => !line.includes('node:internal'))
  const ours = folderOf(lines[0] ?? '')
  const others = lines.filter((line) => !line.includes(ours))
  return others.length === 0 ? lines : others
}

/** The folder of this package's code, read off the innermost line, which is always one of `task-events.ts`. */
function folderOf(line: string): string {
  const file = line.slice(line.search(/file:|[/\\]|[A-Z]:/u)).replace(/:\d+:\d+\)?$/u, '')
  return file.replace(/(?:[/\\]inspection)?[/\\][^/\\]*$/u, '')
}
