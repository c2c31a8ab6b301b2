import { expect, test } from 'vitest'

import {
  leakedTasks,
  listGroup,
  listLeak,
  liveGroups,
  unlistGroup,
  unlistLeak,
  type VisibleTask,
} from '../../src/inspection/live-groups.ts'

const { signal } = new AbortController()

function task(name: string): VisibleTask {
  return { name, state: 'running', stopped: false, signal }
}

test('groups are listed in the order in which they began, with what they were opened in', () => {
  const group = () => ({ since: 0, block: undefined, tasks: [], signal, outer: undefined })
  const [one, two] = [group(), group()]
  listGroup(one, undefined)
  listGroup(two, 7)
  expect([...liveGroups()]).toEqual([
    [one, undefined],
    [two, 7],
  ])
  unlistGroup(one)
  unlistGroup(two)
  expect(liveGroups().size).toBe(0)
})

test('of the leaked tasks the latest 100 are kept', () => {
  const leaks = Array.from({ length: 103 }, (_, index) => task(String(index)))
  for (const leak of leaks) listLeak(leak)
  expect([...leakedTasks()]).toEqual(leaks.slice(3))
  for (const leak of leaks) unlistLeak(leak)
  expect(leakedTasks().size).toBe(0)
})
