/*
 * What a private key's text is, by its content: OpenSSH's own format, PEM, PKCS#8 or PuTTY's; encrypted or not.
 * Never says a word of the key itself.
 */

import { invalid } from './invalid-key.ts'
import { readOpensshFile, type OpensshFile } from './openssh-file.ts'
import { isPuttyEncrypted } from './putty-file.ts'

/** What a key's text is. */
export type KeyText =
  | { readonly format: 'openssh'; readonly encrypted: boolean; readonly file: OpensshFile }
  /** PKCS#1, SEC1 or PKCS#8, and PuTTY's; with line feeds alone, and nothing before or behind the key. */
  | { readonly format: 'pem' | 'putty'; readonly encrypted: boolean; readonly text: string }

/** Finds out what the text is. Throws `NET_CREDENTIAL_INVALID` for what is no private key that can be read. */
export function readKeyText(content: string): KeyText {
  const text = `${content
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim()}\n`
  if (text.startsWith('PuTTY-User-Key-File-')) {
    return { format: 'putty', encrypted: isPuttyEncrypted(text), text: text.trimEnd() }
  }
  const blocks = [...text.matchAll(PEM)].map(([block, label = '']) => ({ block, label }))
  const [found, another] = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  if (found === undefined) throw invalid(whatElse(text, blocks[0]?.label))
  if (another !== undefined) throw invalid('it holds several private keys, and one is needed')
  const { block, label } = found
  if (label === 'OPENSSH PRIVATE KEY') {
    const file = readOpensshFile(block)
    return { format: 'openssh', encrypted: file.encrypted, file }
  }
  if (label === 'DSA PRIVATE KEY') throw invalid('it is a DSA key, which is no longer safe')
  if (!LABELS.has(label)) throw invalid(`it is a ${label}, which is not supported`)
  const encrypted = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(block)
  return { format: 'pem', encrypted, text: block }
}

function whatElse(text: string, label: string | undefined): string {
  if (label?.endsWith('CERTIFICATE') === true)
    return 'it is a certificate, and its private key is needed'
  if (label?.includes('PUBLIC') === true || PUBLIC.test(text)) return IS_PUBLIC
  if (label !== undefined) return `it is a ${label}`
  if (CERTIFICATE.test(text)) return 'it is a certificate, and its private key is needed'
  if (SSH_COM.test(text)) {
    return 'it is in the format of ssh.com; ssh-keygen -i -f FILE converts one that is not encrypted, puttygen any'
  }
  if (text.includes('-----BEGIN ')) return 'its text is cut'
  return 'it is in no format of OpenSSH, PEM, PKCS#8 or PuTTY'
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\n[\s\S]*?\n-----END \1-----/g
const PUBLIC =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[a-z0-9-]+@openssh\.com) AAAA|^---- BEGIN SSH2 PUBLIC KEY/
const CERTIFICATE = /^[a-z0-9-]+-cert-v01@openssh\.com AAAA/
const SSH_COM = /^---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY/
const LABELS: ReadonlySet<string> = new Set([
  'PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
])
const IS_PUBLIC = 'it is a public key, and the private one is needed'
