/*
 * The certificates in a folder of authorities, as `tls: { caFolder }` and SSL_CERT_DIR name one: what `openssl rehash` names by
 * the subject, and what certificates are usually called.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { netError } from '@net/core/authoring'

/** The names of the files in the folder that are called as certificates are. Throws what the file system throws. */
export function certificateFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => CERTIFICATE_FILE.test(name))
}

/** The certificates in a text, each in PEM. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(CERTIFICATE) ?? []
}

/**
 * All certificates in the folder, in PEM, each once; read anew when a file has come or gone. Throws `NET_LOCAL_IO` for a folder
 * or file that cannot be read, and `NET_BAD_OPTION` for a folder without any.
 */
export function trustedFolder(folder: string): readonly string[] {
  try {
    const { mtimeMs } = statSync(folder)
    const last = read.get(folder)
    if (last?.mtimeMs === mtimeMs) return last.certificates
    const texts = certificateFiles(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const certificates = [...new Set(texts.flatMap(certificatesIn))]
    if (certificates.length > 0) {
      read.set(folder, { mtimeMs, certificates })
      return certificates
    }
  } catch (cause) {
    const message = `tls.caFolder ${folder} cannot be read`
    throw netError('NET_LOCAL_IO', { message, cause })
  }
  throw netError('NET_BAD_OPTION', { message: `tls.caFolder ${folder} has no certificates` })
}

const read = new Map<
  string,
  { readonly mtimeMs: number; readonly certificates: readonly string[] }
>()
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const CERTIFICATE_FILE = /\.(?:\d+|pem|crt|cer)$/i
