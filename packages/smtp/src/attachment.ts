/*
 * What goes along with a message, as a plain frozen value with a brand: only what `attach` made is an attachment,
 * so that data from elsewhere can never name a file to be mailed. Opens nothing.
 */

import { basename } from 'node:path'

import type { Source } from '@net/core'
import { checkSource, isFileSource, netError, own, refuseControl } from '@net/core/authoring'

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
  readonly name?: string
  /** The media type, such as `application/pdf`; default by the name, else `application/octet-stream`. */
  readonly type?: string
  /** The name by which the HTML text shows it, as `<img src="cid:…">`. */
  readonly cid?: string
  /** Whether it is meant to be shown within the message; default only with `cid`. */
  readonly inline?: boolean
}

/**
 * Sends a source along with a message; it is opened when the message is sent. Throws `NET_BAD_OPTION`, and
 * `NET_INJECTION` for control characters in a name or type.
 */
export function attach(source: Source, options?: AttachOptions): Attachment {
  checkSource(source)
  const cid = checked('cid', own(options, 'cid'), CID)
  const type = checked('type', own(options, 'type'), MEDIA_TYPE)
  const name = own(options, 'name') ?? (isFileSource(source) ? basename(source.path) : undefined)
  if (name !== undefined) refuseControl("an attachment's name", name)
  const attachment = {
    kind: 'attachment' as const,
    source,
    inline: own(options, 'inline') ?? cid !== undefined,
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(cid === undefined ? {} : { cid }),
  }
  return Object.freeze(Object.defineProperty(attachment, BRAND, { value: true }))
}

/** Whether the value was made by `attach`, of whichever installed copy. */
export function isAttachment(value: unknown): value is Attachment {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, BRAND)
}

function checked(field: string, value: string | undefined, allowed: RegExp): string | undefined {
  if (value === undefined) return undefined
  refuseControl(`an attachment's ${field}`, value)
  if (allowed.test(value)) return value
  throw netError('NET_BAD_OPTION', { message: `an attachment's ${field} is not valid` })
}

const BRAND: unique symbol = Symbol.for('net.smtp.attachment')
const CID = /^[\w!#$%&'*+/=?^`{|}~.@-]{1,200}$/
// A multipart type would need the parts that it promises.
const MEDIA_TYPE =
  /^(?!multipart\/)[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:; ?[\w.-]+=(?:[\w.:/+-]+|"[\w .:/+-]*"))*$/i
