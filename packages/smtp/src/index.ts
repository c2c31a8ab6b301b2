/* Mail over SMTP: connections, messages and what became of them. */

export { connect } from './connect.ts'
export { send } from './send.ts'
export { createMailer, type Mailer } from './mailer.ts'
export {
  nodemailerTransport,
  type NodemailerInfo,
  type NodemailerMail,
  type NodemailerTransport,
  type RawSender,
} from './nodemailer-transport.ts'
export type {
  MailerOptions,
  MailerPool,
  MailOutcome,
  MailReport,
  RateOption,
  SendAllOptions,
} from './mailer-options.ts'
export type { SmtpClient } from './client.ts'
export type {
  ResendOptions,
  SendOptions,
  SendRawOptions,
  SmtpConnectOptions,
} from './client-options.ts'
export type { Message } from './message.ts'
export { attach, type Attachment, type AttachOptions } from './attachment.ts'
export {
  parseMessage,
  type ParsedAttachment,
  type ParsedMessage,
} from './incoming/parse-message.ts'
export type { MessageDefect, MessagePart } from './incoming/part.ts'
export type { HeaderField } from './incoming/header-fields.ts'
export type { DeliveryReport, ReportedRecipient } from './incoming/delivery-report.ts'
export { formatAddress, parseAddress, type Address, type AddressParts } from './address.ts'
export type { Envelope, Recipient } from './envelope.ts'
export type {
  RefusedDelivery,
  RejectedRecipient,
  SendResult,
  SentRecipient,
  UnknownDelivery,
  UnsentRecipient,
} from './send-result.ts'
export type { SmtpReply } from './reply.ts'
export type { SmtpCapabilities } from './capabilities.ts'
export { SmtpReplyError, type Refusal } from './errors.ts'
export type { DeliverByOptions, DsnOptions, ExtensionOptions } from './extensions.ts'
export type { EncodingOptions } from './encoding-options.ts'
export type { TextEncoding } from './encoded-text.ts'
export type { DkimOptions } from './dkim/key.ts'
export type { SignEntity } from './signed-content.ts'
export type { Resent } from './resent.ts'
export type { Verification } from './commands.ts'
export type { AddressGroup, Recipients } from './address-group.ts'
export type { Alternative } from './alternative.ts'
export type { Calendar } from './calendar.ts'
export { cramMd5, login, plain } from './auth/password.ts'
export { scramSha1, scramSha1Plus, scramSha256, scramSha256Plus } from './auth/scram.ts'
export { oauthbearer, xoauth2 } from './auth/token.ts'
export { external } from './auth/external.ts'
export type { AuthAnswer, AuthDialogue, AuthLogin, AuthMechanism } from './auth/mechanism.ts'
export type { ChannelBinding } from './auth/channel-binding.ts'
export type { Security } from '@net/socket/authoring'
export { fromFile, fromText, type CloseOptions, type Source } from '@net/core'
