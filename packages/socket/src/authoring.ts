/* What authors of protocol packages need above bytes: what every session with a server has. */

export { Commands, type AwaitedReply, type CommandRules } from './session/commands.ts'
export { isEnd, lossInHandshake, lossOf, type LossPlace } from './session/loss.ts'
export { ReplyLines, type ReplyDialect } from './session/reply-lines.ts'
export { callInTurn, Turns } from './session/turns.ts'
