// What is in a message, as three readers find it: Python's email package, mailparser and our own parser.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import type * as smtp from '@net/smtp'
import {
  simpleParser,
  type AddressObject,
  type Attachment,
  type StructuredHeader,
} from 'mailparser'

/** Names and addresses. */
export type People = readonly (readonly [string, string])[]

/** What is compared of a message. */
export interface MailFacts {
  /** Its Message-ID. */
  readonly id: string
  readonly subject: string
  readonly from: People
  readonly to: People
  readonly cc: People
  readonly replyTo: People
  /** As ISO 8601. */
  readonly date: string
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  /** Its header X-Long; empty without it. */
  readonly long: string
  readonly text: string | null
  readonly html: string | null
  /** All parts, the message itself first; not those of messages within it. */
  readonly parts: readonly PartFacts[]
}

/** What is compared of a part. */
export interface PartFacts {
  /** Such as `1.2`; empty for the message itself. */
  readonly path: string
  readonly type: string
  readonly disposition: string
  readonly name: string | null
  readonly cid: string | null
  /** Whether it has an id and stands in a `multipart/related`. */
  readonly related: boolean
  /** What an invitation is for. */
  readonly method: string | null
  /** Its digest; null of a multipart. */
  readonly content: string | null
  /** The message that it is. */
  readonly message: MailFacts | null
}

/** The digest of a part's content; of what is text for mail, its ends of lines are the system's own. */
export function contentDigest(
  { type, disposition }: Pick<PartFacts, 'type' | 'disposition'>,
  content: Uint8Array,
): string {
  const isMail = type.startsWith('message/')
  if (!isMail && (!type.startsWith('text/') || disposition === 'attachment')) return sha256(content)
  const text = Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n').replace(/\n+$/, '')
  // Python takes the groups of a report apart, and the lines between them are gone.
  const kept = type === 'message/delivery-status' ? text.replaceAll(/\n{2,}/g, '\n') : text
  return sha256(Buffer.from(kept, 'latin1'))
}

/** What our own parser finds. */
export function factsByUs(mail: smtp.ParsedMessage): MailFacts {
  const within = mail.attachments.flatMap((each) => each.message() ?? [])
  const own: smtp.MessagePart[] = []
  for (const part of mail.walk()) {
    const isInner = own.some(
      ({ type, path }) => type === MESSAGE && part.path.startsWith(path === '' ? '1' : `${path}.`),
    )
    if (!isInner) own.push(part)
  }
  return {
    id: mail.messageId ?? '',
    subject: mail.subject,
    ...peopleByUs(mail),
    date: mail.date?.toISOString() ?? '',
    inReplyTo: mail.inReplyTo ?? null,
    references: mail.references,
    long: mail.headers.find(({ name }) => name === 'X-Long')?.value ?? '',
    text: shownText(mail.text),
    html: shownText(mail.html),
    parts: own.map((part) => {
      const message = part.type === MESSAGE ? within.shift() : undefined
      return partByUs(part, own, message === undefined ? null : factsByUs(message))
    }),
  }
}

function peopleByUs(mail: smtp.ParsedMessage): Pick<MailFacts, 'from' | 'to' | 'cc' | 'replyTo'> {
  const people = (list: readonly smtp.AddressParts[]): People =>
    list.map(({ name = '', address }) => [name, address])
  return {
    from: people(mail.from),
    to: people(mail.to),
    cc: people(mail.cc),
    replyTo: people(mail.replyTo),
  }
}

function partByUs(
  part: smtp.MessagePart,
  all: readonly smtp.MessagePart[],
  message: MailFacts | null,
): PartFacts {
  const { path, type, disposition, name = null, cid = null } = part
  const kind = part.headers.find((field) => field.name.toLowerCase() === 'content-type')
  const isIn = (other: smtp.MessagePart): boolean =>
    other.type === RELATED && (other.path === '' || path.startsWith(`${other.path}.`))
  return {
    path,
    type,
    disposition,
    name,
    cid,
    related: cid !== null && all.some(isIn),
    method: /;\s*method=(\w+)/.exec(kind?.value ?? '')?.[1] ?? null,
    content: type.startsWith('multipart/') ? null : contentDigest(part, part.content),
    message,
  }
}

/** What mailparser finds; it lists neither multiparts nor the text that it shows, and leaves further headers encoded. */
export async function factsByMailparser(raw: Uint8Array): Promise<MailFacts> {
  const mail = await simpleParser(Buffer.from(raw), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    keepDeliveryStatus: true,
  })
  const people = (fields: AddressObject | AddressObject[] | undefined): People =>
    [fields ?? []]
      .flat()
      .flatMap(({ value }) => value.map(({ name, address = '' }) => [name, address]))
  return {
    id: mail.messageId ?? '',
    subject: mail.subject ?? '',
    from: people(mail.from),
    to: people(mail.to),
    cc: people(mail.cc),
    replyTo: people(mail.replyTo),
    date: mail.date?.toISOString() ?? '',
    inReplyTo: mail.inReplyTo ?? null,
    references: [mail.references ?? []].flat(),
    long: '',
    text: shownText(mail.text),
    html: shownText(mail.html === false ? undefined : mail.html),
    parts: await Promise.all(mail.attachments.map(partByMailparser)),
  }
}

async function partByMailparser(part: Attachment): Promise<PartFacts> {
  const kind = part.headers.get('content-type') as StructuredHeader | undefined
  const type = kind?.value ?? 'text/plain'
  const disposition = part.contentDisposition || ''
  return {
    path: part.partId ?? '',
    type,
    disposition,
    name: part.filename || null,
    cid: part.cid ?? null,
    related: part.related === true,
    method: kind?.params['method'] ?? null,
    content: contentDigest({ type, disposition }, part.content),
    message: type === MESSAGE ? await factsByMailparser(part.content) : null,
  }
}

/** Those of the facts that mailparser tells. */
export function toldByMailparser(facts: MailFacts): MailFacts {
  const told = facts.parts.filter(
    ({ type, disposition, content }) =>
      content !== null && !(BODIES.has(type) && disposition !== 'attachment'),
  )
  return {
    ...facts,
    long: '',
    parts: told.map((part) =>
      part.message === null ? part : { ...part, message: toldByMailparser(part.message) },
    ),
  }
}

/** What Python's email package finds in messages in files. */
export async function factsByPython(
  python: string,
  paths: readonly string[],
): Promise<readonly MailFacts[]> {
  const { stdout } = await promisify(execFile)(python, ['-c', PYTHON, ...paths], {
    maxBuffer: 1_000_000_000,
  })
  return JSON.parse(stdout) as readonly MailFacts[]
}

function shownText(text: string | undefined): string | null {
  const shown = text?.replaceAll('\r\n', '\n') ?? ''
  return shown.trim() === '' ? null : shown
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const MESSAGE = 'message/rfc822'
const RELATED = 'multipart/related'
const BODIES: ReadonlySet<string> = new Set(['text/plain', 'text/html'])
// Headers in UTF-8 (RFC 6532) it reads from text alone, and contents from bytes alone: a message beyond ASCII is read in both ways.
const PYTHON = `
import email, email.policy, hashlib, json, re, sys
from datetime import timezone
policy = email.policy.default.clone(refold_source='none', linesep='\\n')
def people(header):
    return [] if header is None else [[a.display_name, a.addr_spec] for a in header.addresses]
def digest(kind, disposition, content):
    if kind.startswith('message/') or (kind.startswith('text/') and disposition != 'attachment'):
        content = re.sub(rb'\\n+$', b'', content.replace(b'\\r\\n', b'\\n'))
    if kind == 'message/delivery-status':
        content = re.sub(rb'\\n{2,}', b'\\n', content)
    return hashlib.sha256(content).hexdigest()
def content(part):
    kind = part.get_content_type()
    if kind.startswith('message/'):
        return b'\\n'.join(each.as_bytes(policy=policy) for each in part.get_payload())
    return part.get_payload(decode=True)
def parts(head, body, path='', related=False):
    kind, disposition = head.get_content_type(), head.get_content_disposition() or ''
    cid = head['content-id']
    is_multipart = kind.startswith('multipart/')
    yield {
        'path': path, 'type': kind, 'disposition': disposition, 'name': head.get_filename(),
        'cid': cid and cid.strip('<>'), 'related': related and cid is not None, 'method': head.get_param('method'),
        'content': None if is_multipart else digest(kind, disposition, content(body)),
        'message': facts(head.get_payload(0), body.get_payload(0)) if kind == 'message/rfc822' else None,
    }
    if is_multipart:
        for at, pair in enumerate(zip(head.get_payload(), body.get_payload()), 1):
            yield from parts(*pair, f'{path}.{at}' if path else str(at), related or kind == 'multipart/related')
def leaves(part):
    if not part.get_content_type().startswith('multipart/'):
        yield part
    else:
        for each in part.get_payload(): yield from leaves(each)
def text(body, kind):
    shown = [p for p in leaves(body) if p.get_content_disposition() != 'attachment']
    part = next((p for p in shown if p.get_content_type() == kind), None)
    if part is None: return None
    found = part.get_payload(decode=True).decode('utf-8').replace('\\r\\n', '\\n')
    return found if found.strip() else None
def facts(head, body):
    return {
        'id': head['message-id'], 'subject': head['subject'] or '', 'from': people(head['from']), 'to': people(head['to']),
        'cc': people(head['cc']), 'replyTo': people(head['reply-to']),
        'date': head['date'].datetime.astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000Z'),
        'inReplyTo': head['in-reply-to'], 'references': (head['references'] or '').split(),
        'long': head['x-long'] or '', 'text': text(body, 'text/plain'), 'html': text(body, 'text/html'),
        'parts': list(parts(head, body)),
    }
found = []
for path in sys.argv[1:]:
    raw = open(path, 'rb').read()
    body = email.message_from_bytes(raw, policy=policy)
    head = body if raw.isascii() else email.message_from_string(raw.decode('utf-8', 'surrogateescape'), policy=policy)
    found.append(facts(head, body))
print(json.dumps(found))
`
