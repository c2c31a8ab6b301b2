// Messages by lot, each with what a reader must find in it: text in every form, pictures that HTML shows, files of every
// source, invitations, messages and reports within messages. The number of a message is its seed.
import type * as smtp from '@net/smtp'

import { Random } from '../../soak/random.ts'
import { filesByLot, type Attached } from './attached.ts'
import { calendarByLot, formsByLot, type Invitation } from './forms.ts'
import { headersByLot } from './headers.ts'
import type { CorpusMail, Surroundings } from './message.ts'
import { numbered, textLeaf, together, type PartDraft } from './parts.ts'
import { picturesByLot, type Picture } from './pictures.ts'
import { reportByLot } from './report.ts'
import { lines } from './words.ts'

/** The message of this number. */
export function corpusMail(number: number, around: Surroundings): CorpusMail {
  const random = new Random(SEED + number)
  const id = `<${number}.corpus@example.com>`
  if (random.chance(0.1)) return reportByLot(id, random, around.stored)
  return composed(id, random, filesByLot(random, around))
}

/** The message of this number, with these files. */
export function mailWith(number: number, files: readonly Attached[]): CorpusMail {
  return composed(`<${number}.corpus@example.com>`, new Random(SEED + number), files)
}

function composed(id: string, random: Random, files: readonly Attached[]): CorpusMail {
  const { headers, facts } = headersByLot(random)
  const text = random.chance(0.2) ? null : `First. ${lines(random, 1 + random.below(30))}\n`
  const pictures = random.chance(0.3) ? picturesByLot(random) : []
  const isHtml = pictures.length > 0 || random.chance(0.4)
  const shown = pictures.map(({ markup }) => `${markup}\n`).join('')
  const html = isHtml ? `<p>${lines(random, 1 + random.below(10))}</p>\n${shown}` : null
  const alternatives = random.chance(0.2) ? formsByLot(random) : []
  const invitation = random.chance(0.25) ? calendarByLot(random) : undefined
  const attached = random.chance(0.5) ? [...pictures, ...files] : [...files, ...pictures]
  return {
    id,
    content: {
      ...headers,
      messageId: id,
      alternatives,
      attachments: attached.map(({ attachment }) => attachment),
      ...(text === null ? {} : { text }),
      ...(html === null ? {} : { html }),
      ...(invitation === undefined ? {} : { calendar: invitation.calendar }),
    },
    encoding: random.pick(ENCODINGS),
    facts: {
      ...facts,
      id,
      text,
      html,
      parts: numbered(structure({ text, html, pictures, alternatives, invitation, files })),
    },
    reported: files.find(({ reported }) => reported !== undefined)?.reported ?? [],
  }
}

interface Body {
  readonly text: string | null
  readonly html: string | null
  readonly pictures: readonly Picture[]
  readonly alternatives: readonly smtp.Alternative[]
  readonly invitation: Invitation | undefined
  readonly files: readonly Attached[]
}

/** As the parts of a message stand to each other for every reader. */
function structure(body: Body): PartDraft {
  const { text, html, pictures, alternatives, invitation, files } = body
  const forms = [
    ...(text === null ? [] : [textLeaf('text/plain', text)]),
    ...alternatives.map(({ type, content }) => textLeaf(type, content)),
    ...(html === null
      ? []
      : [together('related', [textLeaf('text/html', html), ...pictures.map(({ part }) => part)])]),
    ...(invitation === undefined ? [] : [invitation.part]),
  ]
  const others = [...files.map(({ part }) => part), ...(invitation?.files ?? [])]
  if (forms.length > 0) others.unshift(together('alternative', forms))
  return others.length === 0 ? textLeaf('text/plain', '') : together('mixed', others)
}

const SEED = 20_261_130
const ENCODINGS: readonly [smtp.EncodingOptions, ...smtp.EncodingOptions[]] = [
  {},
  {},
  { text: 'base64' },
  { text: 'quoted-printable' },
  { text: '8bit' },
  { headers: 'utf8' },
  { headers: 'utf8', text: '8bit', line: 998 },
  { line: 40 },
]
