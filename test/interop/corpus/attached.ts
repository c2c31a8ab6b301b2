// What goes along with a message of the corpus: files of every source, messages that are forwarded, reports.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as smtp from '@net/smtp'

import type { Random } from '../../soak/random.ts'
import type { StoredMail, Surroundings } from './message.ts'
import { leaf, type PartDraft } from './parts.ts'
import { statusByLot } from './report.ts'
import { words } from './words.ts'

/** Something that goes along. */
export interface Attached {
  readonly attachment: smtp.Attachment
  readonly part: PartDraft
  /** Whom it reports about. */
  readonly reported?: readonly string[]
}

/** None to three of them. */
export function filesByLot(random: Random, { folder, stored }: Surroundings): readonly Attached[] {
  return Array.from({ length: random.below(4) }, (_, at) => {
    const kind = random.below(10)
    const message = stored[random.below(stored.length)]
    if (kind < 3 && message !== undefined) return forwarded(message, nameByLot(random))
    if (kind === 3) return statusFile(random)
    return fileByLot(random, at, folder)
  })
}

/** A file of 20 MB, which is read while it is sent. */
export function largeFile(number: number, { folder }: Surroundings): Attached {
  const content = Buffer.alloc(20_000_000, `${number} is no file of text \0\xFF`)
  const name = `large ${number}.zip`
  const path = join(folder, name)
  writeFileSync(path, content)
  return {
    attachment: smtp.attach(smtp.fromFile(path)),
    part: leaf('application/zip', content, { disposition: 'attachment', name }),
  }
}

/** A message that has arrived, as it lies there; with a name its lines have the other end. */
export function forwarded({ raw, facts }: StoredMail, name?: string): Attached {
  const type = 'message/rfc822'
  const content = Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
  const given = { disposition: 'attachment', message: facts }
  if (name === undefined) {
    return { attachment: smtp.attach(raw, { type }), part: leaf(type, raw, given) }
  }
  return { attachment: smtp.attach(content, { name }), part: leaf(type, raw, { ...given, name }) }
}

function nameByLot(random: Random): string | undefined {
  return random.chance(0.5) ? `${words(random, 2).replaceAll('"', '')}.eml` : undefined
}

function statusFile(random: Random): Attached {
  const { text, addresses } = statusByLot(random)
  const type = 'message/delivery-status'
  return {
    attachment: smtp.attach(smtp.fromText(text), { type }),
    part: leaf(type, Buffer.from(text), { disposition: 'attachment' }),
    reported: addresses,
  }
}

function fileByLot(random: Random, at: number, folder: string): Attached {
  const [extension, type] = random.pick([
    ['bin', 'application/octet-stream'],
    ['pdf', 'application/pdf'],
    ['csv', 'text/csv'],
    ['JPG', 'image/jpeg'],
  ])
  const name = `${words(random, 1 + random.below(2)).replaceAll('"', '')} ${at}.${extension}`
  const content = random.bytes(random.size(50_000))
  const isInline = !type.startsWith('text/') && random.chance(0.2)
  // What nothing shows is a file, whether it has an id or not.
  const cid = !isInline && random.chance(0.2) ? `file.${at}@example.com` : null
  return {
    attachment: smtp.attach(sourceByLot(random, content, join(folder, `${random.below(1e9)}`)), {
      name,
      ...(isInline ? { inline: true } : {}),
      ...(cid === null ? {} : { cid }),
    }),
    part: leaf(type, content, { disposition: isInline ? 'inline' : 'attachment', name, cid }),
  }
}

function sourceByLot(random: Random, content: Uint8Array, path: string): smtp.Source {
  const kind = random.below(4)
  if (kind === 0) return content
  if (kind === 1) return new Blob([Uint8Array.from(content)])
  if (kind === 2) return once(content, 1 + random.below(5000))
  writeFileSync(path, content)
  return smtp.fromFile(path)
}

async function* once(content: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += step) yield content.subarray(at, at + step)
}
