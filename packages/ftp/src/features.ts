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
