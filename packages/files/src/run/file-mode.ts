/* The mode that a copy of a file is given. */

import type { PlanStep } from '../plan/plan-step.ts'

/**
 * The mode that the file of the step is given: one that is replaced keeps its own, as it does when it is written in place, and
 * what only some may read in the source is not made readable for all. Undefined for that of any new file.
 */
export function modeFor({ action, mode, source, target, why }: PlanStep): number | undefined {
  if (mode !== undefined) return mode
  if (action === 'replace' && why !== 'type') return target?.mode
  const { mode: own } = source ?? {}
  return own !== undefined && isPrivate(own) ? own & READABLE : undefined
}

/** The mode with which a file that not all may read is made; undefined where all may. */
export function privateMode(mode: number | undefined): number | undefined {
  return mode === undefined || !isPrivate(mode) ? undefined : (mode & READABLE) | OWNER
}

/** Whether not all may read it. */
function isPrivate(mode: number): boolean {
  return (mode & 0o044) !== 0o044
}

/** What the owner needs while it is written. */
const OWNER = 0o600
/** What a file that is made may allow, whatever its source does. */
const READABLE = 0o755
