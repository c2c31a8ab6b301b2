/* Host keys that count for nothing wherever they are shown (RevokedHostKeys of ssh_config): a policy in front of another. */

import { readFile } from 'node:fs/promises'

import { netError } from '@net/core/authoring'

import { SshHostKeyError } from '../errors.ts'
import { readPublicText } from '../identity/public-key.ts'
import { describeKey, type HostKey } from './host-key.ts'
import type { HostKeyPolicy } from './policy.ts'

/**
 * Refuses the keys, and the certificates of authorities, that the files list, one public key a line, and asks the policy about
 * all others. A file that cannot be read refuses every key, as it does for `ssh`; OpenSSH's binary lists (KRL) are not read.
 */
export function withoutRevoked(policy: HostKeyPolicy, files: readonly string[]): HostKeyPolicy {
  return {
    name: policy.name,
    async open(subject) {
      const [check, ...lists] = await Promise.all([policy.open(subject), ...files.map(keysIn)])
      const revoked = new Set(lists.flat())
      return {
        ...check,
        check(key) {
          const shown = [key.blob, key.certificate?.authority ?? NOTHING].map(textOf)
          if (!shown.some((text) => revoked.has(text))) return check.check(key)
          throw isRevoked(key, subject.name, files)
        },
      }
    },
  }
}

async function keysIn(file: string): Promise<readonly string[]> {
  const content = await contentOf(file)
  return content.split(/\r?\n/).flatMap((line) => {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) return []
    const key = readPublicText(text)
    if (key === undefined) throw unusable(file, 'a line of it is no public key')
    return [textOf(key.blob)]
  })
}

async function contentOf(file: string): Promise<string> {
  let content: Buffer
  try {
    content = await readFile(file)
  } catch (error) {
    throw unusable(file, 'it cannot be read', error)
  }
  if (!content.subarray(0, KRL.length).equals(KRL)) return content.toString('utf8')
  throw unusable(file, 'it is a KRL of OpenSSH; a list of public keys is needed')
}

function unusable(file: string, why: string, cause?: unknown): Error {
  return netError('NET_BAD_CONFIG', {
    message: `no host can be trusted without the revoked keys in ${file}: ${why}`,
    cause,
  })
}

function isRevoked(key: HostKey, name: string, files: readonly string[]): Error {
  const message = `the host key of ${name} is revoked: ${describeKey(key)} (${files.join(', ')})`
  const keys = { fingerprint: key.fingerprint, known: [] }
  return new SshHostKeyError('NET_HOSTKEY_REVOKED', { message }, keys)
}

function textOf(blob: Uint8Array): string {
  return Buffer.from(blob).toString('base64')
}

const KRL = Buffer.from('SSHKRL\n\0')
const NOTHING = new Uint8Array(0)
