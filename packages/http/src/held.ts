/*
 * When a connection is held by our own program alone: the answer waits to be read. A program that has not begun to read it
 * waits for something else first; one that has may just be slow, for a while.
 */

import { clock } from '@net/core/authoring'

/** From when on, by the clock, a connection that is paused now counts as held. */
export function heldFrom(begun: boolean): number {
  return begun ? clock().now() + SLOW : -Infinity
}

/** Whether it is held by now. */
export function isHeldBy(from: number | undefined): boolean {
  return from !== undefined && (from === -Infinity || clock().now() >= from)
}

/** A reader that takes nothing for so long does something else. */
const SLOW = 5000
