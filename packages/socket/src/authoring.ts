/* What authors of protocol packages need above bytes: what every session with a server has, and bulk data. */

export { deliverFrom } from './deliver-from.ts'
export { DirectReads, type DirectReader } from './direct-reads.ts'
export { handled } from './handled.ts'
export { lendReads } from './lend-reads.ts'
export { Commands, type AwaitedReply, type CommandRules } from './session/commands.ts'
export {
  loginConnectTable,
  sessionConnectTable,
  type LoginConnectOptions,
  type SessionConnectOptions,
} from './session/connect-options.ts'
export {
  askWhileOpen,
  logInOver,
  logInWith,
  passwordLogin,
  type LoginSource,
  type PasswordLogin,
} from './session/login.ts'
export {
  endedBefore,
  isEnd,
  lossInHandshake,
  lossOf,
  whatHappened,
  type LossPlace,
} from './session/loss.ts'
export {
  opening,
  planOpening,
  type ClientIdentity,
  type OpeningPlan,
  type UrlRules,
} from './session/open.ts'
export { askDotted, type DottedText, type DottedTextOptions } from './session/dotted-text.ts'
export { ReplyLines, type ReplyDialect, type ReplyReader } from './session/reply-lines.ts'
export { TextLines, type TextLinesOptions } from './session/text-lines.ts'
export {
  openCommands,
  startCommands,
  startSession,
  type SessionRules,
  type StartOptions,
  type StartRules,
} from './session/start.ts'
export { CommandClient } from './session/command-client.ts'
export { ClientFrame, type FramedSession, type Verb } from './session/client-frame.ts'
export {
  checkSecurity,
  requireProtection,
  security,
  securityFor,
  type Security,
} from './session/security.ts'
export { Turns } from './session/turns.ts'
export { SocksServerHalf, type SocksOutcome, type SocksRequest } from './proxy/socks-server-half.ts'
export { receiveAll, type ReceivingSink } from './bulk/receive-all.ts'
export { sendAll, type CallerTurn } from './bulk/send-all.ts'
