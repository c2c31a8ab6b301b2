/* Mail over SMTP: connections, messages and what became of them. */

export { connect } from './connect.ts'
export type { SmtpClient } from './client.ts'
export type {
  CloseOptions,
  SmtpConnectOptions,
  SendOptions,
  SendRawOptions,
} from './client-options.ts'
export type { Message } from './message.ts'
export { attach, type Attachment, type AttachOptions } from './attachment.ts'
export { formatAddress, parseAddress, type Address, type AddressParts } from './address.ts'
export type { Envelope, Recipient } from './envelope.ts'
export type { RejectedRecipient, SendResult, UnknownDelivery } from './send-result.ts'
export type { SmtpReply } from './reply.ts'
export type { SmtpCapabilities } from './capabilities.ts'
export { SmtpReplyError, type Refusal } from './errors.ts'
export { login, plain, type AuthMechanism } from './auth.ts'
export type { Security } from '@net/socket/authoring'
export { fromFile, fromText, type Source } from '@net/core'
