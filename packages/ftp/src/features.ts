/* What a server says it can do (RFC 2389). */

import { isPositive, type FtpReply } from './reply.ts'

/** The features of a server: names in upper case, each with what the server says behind it. */
export type Features = ReadonlyMap<string, string>

/** Reads the reply to FEAT; a server that refuses the command has no features. */
export function parseFeatures(reply: FtpReply): Features {
  const features = new Map<string, string>()
  if (!isPositive(reply)) return features
  // RFC 2389 wants one space before each feature; some servers send none or several.
  for (const line of reply.text.split('\n').slice(1, -1)) {
    const [name = '', ...rest] = line.trim().split(' ')
    if (name !== '') features.set(name.toUpperCase(), rest.join(' '))
  }
  return features
}

/**
 * What to ask so that MLSD tells what entries have: the facts that the server would tell and does not by itself (RFC 3659,
 * section 7.9), beside those that it does; undefined where nothing is missing.
 */
export function factsToAskFor(features: Features): string | undefined {
  const facts = (features.get('MLST') ?? '').split(';').filter((fact) => fact !== '')
  const isTold = (fact: string): boolean => fact.endsWith('*')
  const isWanted = (fact: string): boolean => WANTED.has(fact.toLowerCase())
  if (!facts.some((fact) => !isTold(fact) && isWanted(fact))) return undefined
  const asked = facts.filter((fact) => isTold(fact) || isWanted(fact))
  return `OPTS MLST ${asked.map((fact) => `${fact.replace('*', '')};`).join('')}`
}

const WANTED: ReadonlySet<string> = new Set([
  'type',
  'size',
  'modify',
  'unix.mode',
  'unix.owner',
  'unix.ownername',
  'unix.group',
  'unix.groupname',
])
