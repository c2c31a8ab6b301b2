/* What is known of a request beside what it says, and goes on with each copy that is made of it on the way. */

import type { HttpRequest } from './request.ts'

/** Another origin had a say in where it goes: nothing that proves who is asking goes with it. */
export function markLedAway(request: HttpRequest): void {
  away.add(request)
}

/** Whether another origin had a say in where this request goes. */
export function isLedAway(request: HttpRequest): boolean {
  return away.has(request)
}

/** Its body waits until the server says that it wants it (`Expect: 100-continue`). */
export function markHoldsBody(request: HttpRequest): void {
  holding.add(request)
}

/** Whether its body waits until the server wants it. */
export function holdsBody(request: HttpRequest): boolean {
  return holding.has(request)
}

/** A request made of another one goes as far as that one did. */
export function keepMarks(from: HttpRequest, to: HttpRequest): void {
  if (away.has(from)) away.add(to)
  if (holding.has(from)) holding.add(to)
}

const away = new WeakSet<HttpRequest>()
const holding = new WeakSet<HttpRequest>()
