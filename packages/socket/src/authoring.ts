/* What authors of protocol packages need above bytes: what every session with a server has. */

export { callInTurn, Turns } from './session/turns.ts'
