/* What the server says that it can do. */

import { HASHES } from './attribute-commands.ts'

/** The lines of FEAT; `hash` is the algorithm that HASH has now. */
export function featuresOf(tls: boolean, hash: string): readonly string[] {
  const hashes = [...HASHES.keys()].map((name) => (name === hash ? `${name}*` : name)).join(';')
  return [...FEATURES, `HASH ${hashes}`, ...(tls ? ['AUTH TLS', 'PBSZ', 'PROT'] : [])]
}

const FEATURES: readonly string[] =
  'EPSV|PASV|SIZE|MDTM|REST STREAM|UTF8|MLST type*;size*;modify*;UNIX.mode*;|MFMT|XMD5|XSHA256|EPRT|HOST|CLNT'.split(
    '|',
  )
