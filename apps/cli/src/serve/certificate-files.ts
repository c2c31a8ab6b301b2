/* A certificate for a server of this machine, and the authority that clients are to trust, in a file. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The certificate; dispose it to remove the file. */
export interface CertificateFiles extends AsyncDisposable {
  readonly cert: string
  readonly key: string
  /** The path of the authority, PEM. */
  readonly caFile: string
}

/** Makes a certificate for localhost and 127.0.0.1. */
export async function createCertificateFiles(): Promise<CertificateFiles> {
  const { createCertificates } = await import('@net/socket/testing')
  const authority = createCertificates()
  const { cert, key } = authority.issue()
  const folder = await mkdtemp(join(tmpdir(), 'net-serve-'))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, authority.ca)
  return {
    cert,
    key,
    caFile,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}
