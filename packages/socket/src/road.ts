/*
 * What a client needs that drives transports itself, as HTTP's does: the road, TLS, and bytes that leave and arrive at once. It is
 * an entry of its own so that such a client loads no connections, listeners, datagrams and sessions.
 */

export { chooseRoad } from './proxy/choose.ts'
export { parseChallenges, type Challenge } from './proxy/challenges.ts'
export { toSocket } from './handover.ts'
export {
  digestAnswer,
  digestIn,
  hashing,
  type DigestChallenge,
  type DigestRequest,
  type DigestUser,
} from './proxy/digest-answer.ts'
export { deliverTo } from './pulled-inflow.ts'
export { roadOption } from './road-options.ts'
export { secure } from './tls/secure.ts'
export { writeNow, writeTextNow } from './write-now.ts'
