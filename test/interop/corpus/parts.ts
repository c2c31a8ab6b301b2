// The parts that a message of the corpus must have, as a tree.
import { contentDigest, type MailFacts, type PartFacts } from './facts.ts'

/** A part and those in it. */
export interface PartDraft extends Omit<PartFacts, 'path' | 'related'> {
  readonly parts: readonly PartDraft[]
}

/** A part of its own; what is not given it does not have. */
export function leaf(
  type: string,
  content: Uint8Array,
  given: Partial<Omit<PartFacts, 'type' | 'content'>> = {},
): PartDraft {
  const { disposition = '', name = null, cid = null, method = null, message = null } = given
  const digest = contentDigest({ type, disposition }, content)
  return { type, disposition, name, cid, method, message, content: digest, parts: [] }
}

/** Text of the message itself. */
export function textLeaf(type: string, text: string, method?: string): PartDraft {
  return leaf(type, Buffer.from(text), method === undefined ? {} : { method })
}

/** Several parts as one; a single one stays what it is. */
export function together(
  kind: 'alternative' | 'mixed' | 'related' | 'report',
  parts: readonly PartDraft[],
): PartDraft {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const none = { disposition: '', name: null, cid: null, method: null, message: null }
  return { ...none, type: `multipart/${kind}`, content: null, parts }
}

/** All parts with their places, the message itself first. */
export function numbered(draft: PartDraft, path = '', isRelated = false): MailFacts['parts'] {
  const { parts, ...part } = draft
  const within = isRelated || part.type === 'multipart/related'
  return [
    { ...part, path, related: isRelated && part.cid !== null },
    ...parts.flatMap((each, at) =>
      numbered(each, path === '' ? String(at + 1) : `${path}.${at + 1}`, within),
    ),
  ]
}
