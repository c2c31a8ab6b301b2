/* The tree of tasks as a text for people, such as who wonders what a program is waiting for. */

import { clock, harmless } from '@net/core/authoring'

import { liveTasks, type LiveTask } from './live-tasks.ts'

/**
 * The tree of all tasks of this process that have not ended, one a line: name, state, for how long where that is known,
 * and where it was spawned while `trackTasks` is in force. `liveTasks` gives the same as data.
 */
export function dumpTasks(): string {
  const roots = liveTasks()
  const lines = roots.flatMap((root) => drawn(root, '', ''))
  return [`${count(lines.length)} alive`, ...lines].join('\n')
}

function drawn(task: LiveTask, first: string, rest: string): string[] {
  const last = task.children.length - 1
  const children = task.children.flatMap((child, index) =>
    index === last
      ? drawn(child, `${rest}└─ `, `${rest}   `)
      : drawn(child, `${rest}├─ `, `${rest}│  `),
  )
  return [`${first}${described(task)}`, ...children]
}

function described({ name, state, since, origin }: LiveTask): string {
  const age = since === undefined ? '' : `, ${seconds(clock().now() - since)}`
  const place = origin?.[0] === undefined ? '' : `, spawned at ${origin[0]}`
  return harmless(`${name} (${state}${age}${place})`)
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function count(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`
}
