/* Hashes that a server makes of its files: HASH, and the older commands with an X. Their digits are of either case. */

import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { replyError } from './errors.ts'
import type { Features } from './features.ts'
import { withoutNames } from './listing/listing-words.ts'
import { asArgument, splitPath } from './remote-path.ts'
import { isPositive } from './reply.ts'
import type { Session } from './session.ts'

/** The algorithms that the server offers, in Node's names, the strongest first. */
export function hashesOf(features: Features): readonly string[] {
  const named = namesOfHash(features)
  return ALGORITHMS.filter(
    ({ name, commands }) =>
      named.includes(name) || commands.some((command) => features.has(command)),
  ).map(({ name }) => name)
}

/** The hash of a whole file in lower-case hexadecimal digits. Rejects with `NET_UNSUPPORTED` for an algorithm that the server has not. */
export async function hashOf(
  session: Session,
  dialog: Dialog,
  path: string,
  algorithm: string,
): Promise<string> {
  const known = ALGORITHMS.find(({ name }) => name === algorithm)
  if (known === undefined || !hashesOf(session.features).includes(algorithm)) {
    throw netError('NET_UNSUPPORTED', { message: `the server makes no ${algorithm} of files` })
  }
  const isNamed = namesOfHash(session.features).includes(algorithm)
  const command = isNamed
    ? 'HASH'
    : (known.commands.find((each) => session.features.has(each)) ?? 'HASH')
  if (isNamed) await dialog.op.phase('command', () => dialog.prepare(`OPTS HASH ${known.ietf}`))
  const reply = await dialog.op.phase('command', () => dialog.ask(`${command} ${asArgument(path)}`))
  if (!isPositive(reply)) throw replyError(reply, command)
  const digits = new RegExp(`(?<![0-9a-f])[0-9a-f]{${known.digits}}(?![0-9a-f])`, 'i')
  // A file may be called like a hash.
  const words = withoutNames(withoutNames(reply.text, path), splitPath(path).name || path)
  const [found] = digits.exec(words) ?? []
  if (found !== undefined) return found.toLowerCase()
  throw netError('NET_PROTO_MALFORMED', {
    message: `the server's reply to ${command} has no ${algorithm}: ${reply.text}`,
  })
}

/** Those behind HASH in FEAT: `SHA-256*;SHA-1;MD5`. */
function namesOfHash(features: Features): readonly string[] {
  const told = features.get('HASH')?.split(';') ?? []
  const words = told.map((word) => word.replace('*', '').trim().toUpperCase())
  return ALGORITHMS.filter(({ ietf }) => words.includes(ietf)).map(({ name }) => name)
}

interface Algorithm {
  /** As Node calls it. */
  readonly name: string
  /** As HASH calls it. */
  readonly ietf: string
  readonly digits: number
  readonly commands: readonly string[]
}

const ALGORITHMS: readonly Algorithm[] = [
  { name: 'sha512', ietf: 'SHA-512', digits: 128, commands: ['XSHA512'] },
  { name: 'sha256', ietf: 'SHA-256', digits: 64, commands: ['XSHA256'] },
  { name: 'sha1', ietf: 'SHA-1', digits: 40, commands: ['XSHA1', 'XSHA'] },
  { name: 'md5', ietf: 'MD5', digits: 32, commands: ['XMD5', 'MD5'] },
]
