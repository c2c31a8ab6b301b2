/*
 * A mail as the inbox shows it: its pictures within its document, which lies in a sandbox and can ask for none, and beside it
 * what else it has.
 */

import type { ParsedAttachment, ParsedMessage } from '@net/smtp'

type Mail = Pick<ParsedMessage, 'html' | 'attachments'>

/** The HTML with the pictures that it shows by their `cid:` (RFC 2392) as data; undefined where there is no HTML. */
export function documentOf({ html, attachments }: Mail): string | undefined {
  let room = MOST
  return html?.replaceAll(REFERENCE, (reference, name: string) => {
    const picture = attachments.find((each) => isPicture(each) && each.cid === decoded(name))
    // One that is shown a thousand times would be a thousand times as long.
    if (picture === undefined || picture.content.length > room) return reference
    room -= picture.content.length
    return `data:${picture.type};base64,${Buffer.from(picture.content).toString('base64')}`
  })
}

/** What the document does not show. */
export function attachedTo({ html = '', attachments }: Mail): readonly ParsedAttachment[] {
  const shown = new Set([...html.matchAll(REFERENCE)].map(([, name = '']) => decoded(name)))
  return attachments.filter(
    (each) => each.cid === undefined || !isPicture(each) || !shown.has(each.cid),
  )
}

function isPicture({ type }: ParsedAttachment): boolean {
  return /^image\/[\w.+-]+$/u.test(type)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const REFERENCE = /(?<=["'(=])cid:([^"'\s<>)]+)/giu
/** Bytes of pictures within one document. */
const MOST = 4 * 1024 * 1024
