/*
 * Recipients as callers give them: mailboxes, and groups of mailboxes under a name, which the headers show (RFC 5322,
 * section 3.4). Each member is a recipient like any other.
 */

import { netError, own, refuseControl } from '@net/core/authoring'

import { readMailboxes, type Address, type CheckedAddress } from './address.ts'
import type { HeaderAddress } from './mime/header-writer.ts'

/** Mailboxes under a name, such as `{ group: 'The board', members: ['ada@example.com'] }`; none at all, as in `undisclosed recipients`, is fine. */
export interface AddressGroup {
  readonly group: string
  readonly members: Address | readonly Address[]
}

/**
 * Recipients: one text may have several, separated by commas, and groups, as in `The board: ada@example.com, bob@example.com;`;
 * in a list each element is one mailbox or one group.
 */
export type Recipients = Address | AddressGroup | readonly (Address | AddressGroup)[]

/** Recipients that were read. */
export interface CheckedRecipients {
  readonly mailboxes: readonly CheckedAddress[]
  /** As the header shows them. */
  readonly shown: readonly HeaderAddress[]
}

/** Reads the recipients of a field. Throws as `readMailboxes`. */
export function readRecipients(given: Recipients | undefined, field: string): CheckedRecipients {
  if (given === undefined) return NOBODY
  const all = partsOf(given, field)
  const [only] = all
  if (only !== undefined && all.length === 1) return readPart(only, field)
  const parts = all.map((part) => readPart(part, field))
  return {
    mailboxes: parts.flatMap(({ mailboxes }) => mailboxes),
    shown: parts.flatMap(({ shown }) => shown),
  }
}

type Part = AddressGroup | { readonly list: Address | readonly Address[] | undefined }

function partsOf(given: Recipients | undefined, field: string): readonly Part[] {
  if (typeof given === 'string') {
    refuseControl(field, given)
    return splitGroups(given)
  }
  if (isGroup(given)) return [given]
  if (!isList(given) || !given.some(isGroup)) return [{ list: given as readonly Address[] }]
  return given.map((each) => (isGroup(each) ? each : { list: [each] }))
}

function readPart(part: Part, field: string): CheckedRecipients {
  if (!('group' in part)) {
    const mailboxes = readMailboxes(part.list, field)
    return { mailboxes, shown: mailboxes.map(({ parts }) => parts) }
  }
  const group = own(part, 'group')
  if (typeof group !== 'string' || group.trim() === '' || group.length > LONGEST_NAME) {
    throw netError('NET_BAD_OPTION', {
      message: `the group of ${field} must have a name of up to ${LONGEST_NAME} characters`,
    })
  }
  refuseControl(field, group)
  const mailboxes = readMailboxes(own(part, 'members'), `${field} (${group.slice(0, 40)})`)
  return { mailboxes, shown: [{ group, members: mailboxes.map(({ parts }) => parts) }] }
}

/** A text's groups, and what stands between them. A colon within quotes, brackets or a literal begins none. */
function splitGroups(text: string): Part[] {
  if (!text.includes(':')) return [{ list: text }]
  const parts: Part[] = []
  let item = ''
  let begun: string | undefined
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === ':' && begun === undefined) {
      begun = item
      item = ''
    } else if (token === ';' && begun !== undefined) {
      parts.push({ group: unquoted(begun), members: item })
      begun = undefined
      item = ''
    } else if (token === ',' && begun === undefined) {
      parts.push({ list: item })
      item = ''
    } else item += token
  }
  // A group without its end is refused where it is read, with what else has a colon.
  parts.push({ list: begun === undefined ? item : `${begun}:${item}` })
  return parts
}

function unquoted(name: string): string {
  const text = name.trim()
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1]
  return quoted === undefined ? text : quoted.replaceAll(/\\(.)/gs, '$1')
}

function isGroup(value: unknown): value is AddressGroup {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'group')
}

function isList(value: unknown): value is readonly (Address | AddressGroup)[] {
  return Array.isArray(value)
}

const NOBODY: CheckedRecipients = { mailboxes: [], shown: [] }
const TOKENS = /"(?:[^"\\]|\\.)*"|<[^<>]*>|\[[^[\]]*\]|[^":;,<[]+|./gs
const LONGEST_NAME = 200
