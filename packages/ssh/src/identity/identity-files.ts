/* Which key a file is about: read from the key itself, from its public half, or from the `.pub` beside it. */

import { readFile } from 'node:fs/promises'

import { keyContent, sourceLabel, type KeySource } from './key-source.ts'
import { readKeyText } from './key-format.ts'
import { openPrivateKey, publicHalf } from './private-key.ts'
import { readPublicText } from './public-key.ts'

/**
 * The key of the source in wire format, without a passphrase; none where only a passphrase would tell. Rejects with
 * `NET_CREDENTIAL_INVALID` for what is no key, and with `NET_LOCAL_IO`.
 */
export async function shownKeys(source: KeySource): Promise<readonly Uint8Array[]> {
  const content = await keyContent(source)
  const open = readPublicText(content)
  if (open !== undefined) return [open.blob]
  const half = publicHalf(content)
  if (half !== undefined) return [half]
  if (!readKeyText(content).encrypted) return [(await openPrivateKey(content)).blob]
  const path = sourceLabel(source)
  const beside = path === undefined ? undefined : await besideOf(path)
  return beside === undefined ? [] : [beside]
}

/** The key in the `.pub` beside a file of a private key; undefined if there is none that can be read. */
export async function besideOf(path: string, ending = '.pub'): Promise<Uint8Array | undefined> {
  try {
    return readPublicText(await readFile(`${path}${ending}`, 'utf8'))?.blob
  } catch {
    return undefined
  }
}
