/*
 * For which groups our first message of a TLS 1.3 handshake has a key already. A server that takes none of them asks again,
 * which costs a round trip (RFC 8446 section 4.1.4), and many FTP servers, as vsftpd 3.0.3, take P-256 and nothing else. The
 * groups that are offered stay those of OpenSSL.
 */

/** The value for `tls.groups`; with the group that the same server took before, the only key is for that. */
export type KeyShares = (agreed?: string) => readonly string[] | undefined

/** Undefined for what OpenSSL does by itself, before 3.5 and where another library stands for it. */
export function keySharesWith(openssl: string | undefined): KeyShares {
  const [major = 0, minor = 0] = (openssl ?? '').split('.').map(Number)
  const canChoose = major > 3 || (major === 3 && minor >= 5)
  if (!canChoose) return () => undefined
  return (agreed) => (agreed === undefined ? FIRST : [`?*${agreed}`, ...REST])
}

/** Those for the OpenSSL of this process. */
export const keyShares: KeyShares = keySharesWith(process.versions.openssl)

// As OpenSSL 3.5 has them, with a key for P-256 as well: `*` marks a key, `?` what a build may not know.
const REST = [
  '?X25519MLKEM768',
  '?X25519',
  '?secp256r1',
  '?X448',
  '?secp384r1',
  '?secp521r1',
  '?ffdhe2048',
  '?ffdhe3072',
]
const KEYS: ReadonlySet<string> = new Set(['?X25519MLKEM768', '?X25519', '?secp256r1'])
const FIRST = REST.map((group) => (KEYS.has(group) ? group.replace('?', '?*') : group))
