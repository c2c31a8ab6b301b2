/*
 * How the parts of a message stand to each other, so that every reader shows the pictures in their places and lists the
 * other files: mixed(alternative(text, …, related(HTML, pictures), calendar), files), each level only where it has two parts.
 */

import type { Attachment } from '../attachment.ts'
import type { CheckedCalendar } from '../calendar.ts'
import type { TextEncoding } from '../encoded-text.ts'
import type { CheckedMessage } from '../message.ts'
import { contentIdsOf } from './content-id.ts'
import { attachedEntity, multipart, textEntity, type Entity } from './entity.ts'

/** The message's body as one part; its boundaries are the message's own. */
export function bodyOf(message: CheckedMessage, encoding?: TextEncoding): Entity {
  const { text = '', html = '', alternatives, calendar, boundary } = message
  const { pictures, files } = attachedTo(message)
  const related = (): Entity =>
    multipart(
      'related',
      [
        textEntity('text/html', html, encoding),
        ...pictures.map((each) => attachedEntity(each, true)),
      ],
      `${boundary}-2`,
    )
  const forms = [
    ...(text === '' ? [] : [textEntity('text/plain', text, encoding)]),
    ...alternatives.map(({ type, content }) => textEntity(type, content, encoding)),
    ...(html === '' ? [] : [related()]),
    ...(calendar === undefined ? [] : [calendarEntity(calendar)]),
  ]
  const attached = files.map((each) => attachedEntity(each, each.inline && each.cid === undefined))
  if (forms.length === 0 && attached.length === 0) forms.push(textEntity('text/plain', ''))
  const alternative = forms.length === 0 ? [] : [multipart('alternative', forms, `${boundary}-1`)]
  return multipart('mixed', [...alternative, ...attached], boundary)
}

/** Those of the attachments that the HTML shows, and the others. */
function attachedTo({ html = '', attachments }: CheckedMessage): {
  readonly pictures: readonly Attachment[]
  readonly files: readonly Attachment[]
} {
  if (attachments.length === 0) return NOTHING_ATTACHED
  const shown = contentIdsOf(html)
  const isPicture = ({ cid }: Attachment): boolean => cid !== undefined && shown.has(cid)
  return {
    pictures: attachments.filter(isPicture),
    files: attachments.filter((each) => !isPicture(each)),
  }
}

/** The form by which readers offer to accept (RFC 6047). */
function calendarEntity({ content, method }: CheckedCalendar): Entity {
  return textEntity('text/calendar', content, 'base64', `; method=${method}`)
}

const NOTHING_ATTACHED = { pictures: [], files: [] } as const
