/*
 * The authorities that the environment adds to those that Node trusts: SSL_CERT_FILE and SSL_CERT_DIR, which OpenSSL,
 * curl and Python read and Node does not. They add and never replace, as Node's own NODE_EXTRA_CA_CERTS does.
 */

import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { isError } from '@net/core/authoring'

import { nodeCrypto, nodeTls } from './node-tls.ts'
import { certificateFiles, certificatesIn } from './trusted-folder.ts'

/**
 * All authorities to trust, in PEM, if the environment names some that Node does not trust by itself; else undefined.
 * Read once for each value of the variables. What cannot be read is a process warning and trusted the less.
 */
export function environmentTrust(): readonly string[] | undefined {
  const file = process.env['SSL_CERT_FILE'] ?? ''
  const folders = process.env['SSL_CERT_DIR'] ?? ''
  if (file === '' && folders === '') return undefined
  if (last?.file !== file || last.folders !== folders) {
    last = { file, folders, trust: withDefaults([...inFile(file), ...inFolders(folders)]) }
  }
  return last.trust
}

function inFile(file: string): readonly string[] {
  return file === '' ? [] : readCertificates('SSL_CERT_FILE', file)
}

function inFolders(folders: string): readonly string[] {
  return folders
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) =>
      namesIn(folder).flatMap((name) => readCertificates('SSL_CERT_DIR', join(folder, name))),
    )
}

function namesIn(folder: string): readonly string[] {
  try {
    return certificateFiles(folder)
  } catch (error) {
    warn('SSL_CERT_DIR', folder, error)
    return []
  }
}

function readCertificates(variable: string, file: string): readonly string[] {
  try {
    const found = certificatesIn(readFileSync(file, 'utf8'))
    return found.filter((pem, index) => {
      const place =
        found.length === 1 ? file : `certificate ${index + 1} of ${found.length} in ${file}`
      return isReadable(pem, variable, place)
    })
  } catch (error) {
    warn(variable, file, error)
    return []
  }
}

/** One that OpenSSL cannot read would make it refuse all of them later, without saying which. */
function isReadable(pem: string, variable: string, place: string): boolean {
  try {
    return new (nodeCrypto().X509Certificate)(pem).raw.length > 0
  } catch (error) {
    warn(variable, place, error)
    return false
  }
}

function withDefaults(found: readonly string[]): readonly string[] | undefined {
  const trusted = nodeTls().getCACertificates('default')
  const known = new Set(trusted.map(bodyOf))
  const added = found.filter((pem) => {
    const isNew = !known.has(bodyOf(pem))
    known.add(bodyOf(pem))
    return isNew
  })
  return added.length === 0 ? undefined : [...trusted, ...added]
}

/** The certificate itself, however its lines are broken. */
function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '')
}

function warn(variable: string, path: string, error: unknown): void {
  const why = isError(error) ? error.message : String(error)
  process.emitWarning(`${variable}: ${path} cannot be read: ${why}`, {
    code: 'NET_TRUST_UNREADABLE',
  })
}

let last:
  | {
      readonly file: string
      readonly folders: string
      readonly trust: readonly string[] | undefined
    }
  | undefined
