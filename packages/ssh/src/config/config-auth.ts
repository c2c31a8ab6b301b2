/*
 * What OpenSSH logs in with by default: the keys of the agent that the configuration names, the other keys of
 * the agent, then the files. What is not there, or cannot be used, is left out.
 */

import { fromFile, type Credential } from '@net/core'

import { agent, defaultAgent, type AgentAuth } from '../identity/agent-auth.ts'
import type { SshAuth } from '../identity/auth.ts'
import { readCertificate } from '../identity/certificate.ts'
import { shownKeys } from '../identity/identity-files.ts'
import { keyContent } from '../identity/key-source.ts'
import { key, type KeyAuth } from '../identity/keys.ts'
import { readPublicText } from '../identity/public-key.ts'
import { defaultIdentityFiles, type HostConfig } from './host-config.ts'

/** The keys of this host, in the order of OpenSSH. */
export async function configAuth(
  config: HostConfig,
  passphrase: Credential | undefined,
): Promise<readonly SshAuth[]> {
  const files = config.identityFiles ?? defaultIdentityFiles()
  const shown = new Map<string, Uint8Array>()
  for (const file of files) {
    const blob = await keyIn(file)
    if (blob !== undefined) shown.set(file, blob)
  }
  const certificates = await certificatesOf(config, [...shown.keys()])
  const socket = config.identityAgent ?? defaultAgent()
  const agents: SshAuth[] = []
  if (socket !== undefined && socket !== 'none') {
    const named = [...certificates.map(({ file }) => file), ...shown.keys()]
    agents.push(lenientAgent(agent({ socket, keys: named.map((file) => fromFile(file)) })))
    if (!config.identitiesOnly) agents.push(lenientAgent(agent({ socket })))
  }
  const keys = files.map((file): KeyAuth => {
    const own = shown.get(file)
    const fitting = certificates.find(({ about }) => own !== undefined && about.equals(own))
    const certificate = fitting === undefined ? {} : { certificate: fromFile(fitting.file) }
    return Object.freeze({
      ...key(fromFile(file), { passphrase, ...certificate }),
      isLenient: true,
    })
  })
  return [...agents, ...keys]
}

function lenientAgent(auth: AgentAuth): AgentAuth {
  return Object.freeze({ ...auth, isLenient: true })
}

async function keyIn(file: string): Promise<Uint8Array | undefined> {
  try {
    return (await shownKeys(fromFile(file)))[0]
  } catch {
    // Most of the files that are tried by default do not exist.
    return undefined
  }
}

interface CertificateFile {
  readonly file: string
  /** The key that it is about. */
  readonly about: Buffer
}

/** Those that are named, and those that lie beside a key. */
async function certificatesOf(
  { certificateFiles }: HostConfig,
  files: readonly string[],
): Promise<readonly CertificateFile[]> {
  const found: CertificateFile[] = []
  const all = [
    ...certificateFiles,
    ...files.map((file) => `${file.replace(/\.pub$/, '')}-cert.pub`),
  ]
  for (const file of new Set(all)) {
    try {
      const text = readPublicText(await keyContent(fromFile(file)))
      const certificate = text === undefined ? undefined : readCertificate(text.blob)
      if (certificate?.kind === 'user')
        found.push({ file, about: Buffer.from(certificate.publicKey) })
    } catch {
      // As above.
    }
  }
  return found
}
