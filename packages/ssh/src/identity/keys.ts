/* Logging in with a key: where it comes from, and where its passphrase comes from. */

import { isSecret, type Credential, type FileSource, type Secret, type TextSource } from '@net/core'
import {
  ByteQueue,
  checkSource,
  isFileSource,
  inCall,
  isTextSource,
  netError,
  openSource,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { invalid } from './invalid-key.ts'

/** Where a private key comes from: a file, its bytes, or its text. */
export type KeySource = FileSource | TextSource | Uint8Array | Secret | string

/** Options of `key`. */
export interface KeyOptions {
  /** For a key that is encrypted; asked for only then. */
  readonly passphrase?: Credential | undefined
}

/** A key to log in with. */
export interface KeyAuth {
  readonly method: 'publickey'
  /** The key's text, read when it is needed. */
  read(): Promise<string>
  readonly passphrase: Credential | undefined
  /** What it is called in messages: the path of its file. */
  readonly label: string | undefined
}

/**
 * Logs in with this private key, in any format of OpenSSH, PEM, PKCS#8 or PuTTY. A string is the key's text and not
 * its path: `key(fromFile('id_ed25519'))` reads a file. A key that is encrypted is decrypted at the first login and kept for
 * later ones. Throws `NET_BAD_OPTION` for anything that can be no key.
 */
export function key(source: KeySource, options?: KeyOptions): KeyAuth {
  const { passphrase } = keyOptions(options)
  const text = inCall({ protocol: 'ssh', call: 'key' }, () => textOf(source))
  const label = isFileSource(source) ? source.path : undefined
  return Object.freeze({
    method: 'publickey',
    read: async () => text ?? contentOf(source),
    passphrase,
    label,
  })
}

function textOf(source: KeySource): string | undefined {
  if (isSecret(source)) return source.reveal()
  if (typeof source === 'string') {
    if (source.includes('PRIVATE KEY') || source.startsWith('PuTTY-')) return source
    throw netError('NET_BAD_OPTION', {
      message: "a string must be the text of a private key; for a file pass fromFile('…')",
    })
  }
  if (isFileSource(source) || isTextSource(source) || source instanceof Uint8Array) {
    checkSource(source)
    return undefined
  }
  throw netError('NET_BAD_OPTION', {
    message: "a key is fromFile('…'), fromText('…'), its bytes or its text",
  })
}

async function contentOf(source: KeySource): Promise<string> {
  await using opened = await openSource(source as FileSource)
  const content = new ByteQueue()
  for await (const chunk of opened.chunks()) {
    content.push(chunk)
    if (content.length > LONGEST) throw invalid('it is longer than any key')
  }
  return Buffer.from(content.take(content.length)).toString('utf8')
}

const LONGEST = 1024 * 1024
const keyOptions: OptionsDoor<KeyOptions> = optionsDoor<KeyOptions>(
  { protocol: 'ssh', call: 'key' },
  { passphrase: option.credential },
  { password: 'passphrase' },
)
