/*
 * What goes along with a message, as a plain frozen value with a brand: only what `attach` made is an attachment,
 * so that data from elsewhere can never name a file to be mailed. Opens nothing.
 */

import { basename } from 'node:path'

import type { Source } from '@net/core'
import {
  checkSource,
  inCall,
  isFileSource,
  netError,
  option,
  optionsDoor,
  refuseControl,
  type CallPlace,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'

/** Something to send along; made by `attach`. */
export interface Attachment {
  readonly kind: 'attachment'
  readonly source: Source
  readonly name?: string
  readonly type?: string
  readonly cid?: string
  readonly inline: boolean
}

/** How an attachment is shown to who receives it. */
export interface AttachOptions {
  /** The file name; default that of the file, else none. */
  readonly name?: string | undefined
  /** The media type, such as `application/pdf`; default by the name, else `application/octet-stream`. */
  readonly type?: string | undefined
  /** The name by which the HTML text shows it, as `<img src="cid:…">`. */
  readonly cid?: string | undefined
  /** Whether it is meant to be shown within the message; default only with `cid`. */
  readonly inline?: boolean | undefined
}

/**
 * Sends a source along with a message; it is opened when the message is sent. Throws `NET_BAD_OPTION`, and
 * `NET_INJECTION` for control characters in a name or type.
 */
export function attach(source: Source, options?: AttachOptions): Attachment {
  return inCall(PLACE, () => {
    checkSource(source)
    return attachmentOf(source, attachOptions(options))
  })
}

/** Whether the value was made by `attach`, of whichever installed copy. */
export function isAttachment(value: unknown): value is Attachment {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, BRAND)
}

const PLACE: CallPlace = { protocol: 'smtp', call: 'attach' }

const attachOptions: OptionsDoor<AttachOptions> = optionsDoor<AttachOptions>(
  PLACE,
  { name: option.text, type: option.text, cid: option.text, inline: option.flag },
  { filename: 'name', contentType: 'type', contentId: 'cid', contentDisposition: 'inline' },
)

function attachmentOf(source: Source, options: Taken<AttachOptions>): Attachment {
  const cid = checked('cid', options.cid, CID)
  const type = checked('type', options.type, MEDIA_TYPE)
  const name = nameOf(source, options.name)
  const attachment = {
    kind: 'attachment' as const,
    source,
    inline: options.inline ?? cid !== undefined,
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(cid === undefined ? {} : { cid }),
  }
  return Object.freeze(Object.defineProperty(attachment, BRAND, { value: true }))
}

function nameOf(source: Source, given: string | undefined): string | undefined {
  const name = given === undefined && isFileSource(source) ? basename(source.path) : given
  if (name === undefined) return undefined
  refuseControl("an attachment's name", name)
  if (name.length > LONGEST_NAME) throw bad('name', `has more than ${LONGEST_NAME} characters`)
  return name
}

function checked(field: string, value: string | undefined, allowed: RegExp): string | undefined {
  if (value === undefined) return undefined
  refuseControl(`an attachment's ${field}`, value)
  if (value.length <= LONGEST_NAME && allowed.test(value)) return value
  throw bad(field, 'is not valid')
}

function bad(field: string, why: string): Error {
  return netError('NET_BAD_OPTION', { message: `an attachment's ${field} ${why}` })
}

const BRAND: unique symbol = Symbol.for('net.smtp.attachment')
// A name stands in one line with others of its kind, quoted, and a line has 998 bytes.
const LONGEST_NAME = 400
const CID = /^[\w!#$%&'*+/=?^`{|}~.@-]{1,200}$/
// A multipart type would need the parts that it promises.
const MEDIA_TYPE =
  /^(?!multipart\/)[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:; ?[\w.-]+=(?:[\w.:/+-]+|"[\w .:/+-]*"))*$/i
