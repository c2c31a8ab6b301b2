/* What tests of programs that send mail need: a server that keeps what it gets, and that fails on demand. */

export { startSmtpServer, type SmtpServer, type SmtpServerOptions } from './smtp-server.ts'
export type { SmtpSessionOptions } from './smtp-session.ts'
export type { SmtpFault } from './faults.ts'
export type { Mailbox, MailboxView, ReceivedMail, WaitForMailOptions } from './mailbox.ts'
