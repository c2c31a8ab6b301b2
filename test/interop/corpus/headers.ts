// The headers of a message of the corpus.
import type * as smtp from '@net/smtp'

import type { Random } from '../../soak/random.ts'
import type { MailFacts, People } from './facts.ts'
import { shortName, words } from './words.ts'

/** What is to be found of headers. */
export type HeaderFacts = Omit<MailFacts, 'id' | 'parts' | 'text' | 'html'>

/** Headers of every kind, and what is to be found of them. */
export function headersByLot(random: Random): {
  readonly headers: Omit<smtp.Message, 'text' | 'html'>
  readonly facts: HeaderFacts
} {
  const people = (most: number): People =>
    Array.from({ length: random.below(most) }, (_, at) => [
      random.chance(0.8) ? shortName(random) : '',
      `r${at}@example.org`,
    ])
  const from = [[shortName(random), AUTHOR]] as const
  const to = [...people(4), ['', READER] as const]
  const cc = people(3)
  const replyTo = people(2)
  const subject = words(random, 1 + random.below(20))
  const long = words(random, 60)
  const date = new Date(1000 * random.below(4_000_000_000))
  const references = Array.from({ length: random.below(30) }, (_, at) => `<${at}.reference@x.org>`)
  const inReplyTo = references.at(-1) ?? null
  const common = { subject, references }
  return {
    headers: {
      ...common,
      from: addressed(from)[0] ?? AUTHOR,
      to: addressed(to),
      cc: addressed(cc),
      replyTo: addressed(replyTo),
      date,
      headers: { 'X-Long': long },
      ...(inReplyTo === null ? {} : { inReplyTo }),
    },
    facts: { ...common, from, to, cc, replyTo, long, date: date.toISOString(), inReplyTo },
  }
}

function addressed(people: People): readonly smtp.AddressParts[] {
  return people.map(([name, address]) => ({ address, ...(name === '' ? {} : { name }) }))
}

/** Who sends the corpus. */
export const AUTHOR = 'ada@example.com'
/** Who gets it. */
export const READER = 'charles@example.com'
