/* Logging in with a key: where it comes from, and where its passphrase comes from. */

import type { Credential } from '@net/core'
import { inCall, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { keyContent, keySource, sourceLabel, type KeySource } from './key-source.ts'

/** Options of `key`. */
export interface KeyOptions {
  /** For a key that is encrypted; asked for only then, and if its format tells its public half, only once the server has taken that. */
  readonly passphrase?: Credential | undefined
  /** A certificate for the key, which is offered first, such as `fromFile('id_ed25519-cert.pub')`. Default none. */
  readonly certificate?: KeySource | undefined
}

/** A key to log in with. */
export interface KeyAuth {
  readonly method: 'publickey'
  /** The key's text, read when it is needed. */
  read(): Promise<string>
  readonly passphrase: Credential | undefined
  /** What it is called in messages: the path of its file. */
  readonly label: string | undefined
  /** The text of its certificate, read when it is needed; undefined if it has none. */
  readonly certificate?: (() => Promise<string>) | undefined
  /** Whether a key that cannot be read or opened is left out, as one is that is only looked for. Default false. */
  readonly isLenient?: boolean | undefined
}

/**
 * Logs in with this private key, in any format of OpenSSH, PEM, PKCS#8 or PuTTY. A string is the key's text and not
 * its path: `key(fromFile('id_ed25519'))` reads a file. A key that is encrypted is decrypted at the first login and kept for
 * later ones. Throws `NET_BAD_OPTION` for anything that can be no key.
 */
export function key(source: KeySource, options?: KeyOptions): KeyAuth {
  const { passphrase, certificate } = keyOptions(options)
  const place = { protocol: 'ssh', call: 'key' } as const
  const checked = inCall(place, () => keySource(source, 'private'))
  const shown = inCall(place, () =>
    certificate === undefined ? undefined : keySource(certificate),
  )
  return Object.freeze({
    method: 'publickey',
    read: () => keyContent(checked),
    passphrase,
    label: sourceLabel(checked),
    certificate: shown === undefined ? undefined : () => keyContent(shown),
  })
}

const keyOptions: OptionsDoor<KeyOptions> = optionsDoor<KeyOptions>(
  { protocol: 'ssh', call: 'key' },
  { passphrase: option.credential, certificate: option.anything },
  { password: 'passphrase', cert: 'certificate', certificateFile: 'certificate' },
)
