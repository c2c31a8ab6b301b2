/* The keys with which a domain signs its mail (DKIM, RFC 6376 and 8463), checked before anything is sent. */

import { createPrivateKey, KeyObject } from 'node:crypto'
import { domainToASCII } from 'node:url'

import { isNetError, type Secret } from '@net/core'
import { netError, option, optionsObject, shape, type Shape, type Taken } from '@net/core/authoring'

/** A key of a domain, and what it signs. */
export interface DkimOptions {
  /** The domain that signs. */
  readonly domain: string
  /** Under which name the public key is in its DNS: `selector._domainkey.domain`. */
  readonly selector: string
  /** RSA of 1,024 bits or more, or Ed25519; as PEM, or a private KeyObject of Node. */
  readonly privateKey: string | Secret | KeyObject
  /** Headers that it does not sign, such as those that the provider writes anew; never `from`. */
  readonly omit?: readonly string[] | undefined
  /** Seconds that the signature is good for. Default for ever. */
  readonly expires?: number | undefined
}

/** A key that can sign. */
export interface DkimKey {
  readonly domain: string
  readonly selector: string
  readonly key: KeyObject
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
  readonly omit: ReadonlySet<string>
  readonly expires: number | undefined
}

const privateKey = shape<string | Secret | KeyObject>(
  'a private key as PEM or a KeyObject',
  (value) => option.secretText.fits(value) || value instanceof KeyObject,
)

/** What `dkim` may be. */
export const dkimShape: Shape<Taken<DkimOptions> | readonly Taken<DkimOptions>[]> =
  option.oneOrMore(
    optionsObject<DkimOptions>(
      {
        domain: option.required(option.text),
        selector: option.required(option.text),
        privateKey: option.required(privateKey),
        omit: option.list(option.text),
        expires: option.between(1, 315_360_000),
      },
      { domainName: 'domain', keySelector: 'selector', key: 'privateKey', skipFields: 'omit' },
    ),
  )

/** Reads the keys. Throws `NET_BAD_OPTION` for one that cannot sign, and `NET_WEAK_ALGORITHM`. */
export function dkimKeys(
  given: DkimOptions | readonly DkimOptions[] | undefined,
): readonly DkimKey[] {
  if (given === undefined) return []
  return ([given].flat() as readonly DkimOptions[]).map(dkimKey)
}

function dkimKey(options: DkimOptions): DkimKey {
  const { selector, omit = [], expires } = options
  const domain = domainToASCII(options.domain)
  if (!NAME.test(domain)) throw bad('domain must be a domain')
  if (!NAME.test(selector)) throw bad('selector must be a name, such as s2026')
  const left = new Set(omit.map((name) => name.toLowerCase()))
  if (left.has('from')) throw bad("omit must not have 'from', which every signature covers")
  const key = keyOf(options.privateKey)
  return Object.freeze({ domain, selector, key, algorithm: algorithmOf(key), omit: left, expires })
}

function keyOf(given: DkimOptions['privateKey']): KeyObject {
  if (given instanceof KeyObject) {
    if (given.type === 'private') return given
    throw bad('privateKey must be a private key')
  }
  try {
    return createPrivateKey(typeof given === 'string' ? given : given.reveal())
  } catch (error) {
    if (isNetError(error)) throw error
    // What was read may be a part of the key, and stays out of the message.
    throw bad('privateKey must be a private key as PEM, without a passphrase')
  }
}

function algorithmOf(key: KeyObject): DkimKey['algorithm'] {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519-sha256'
  if (key.asymmetricKeyType !== 'rsa') throw bad('privateKey must be one of RSA or Ed25519')
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits >= LEAST_BITS) return 'rsa-sha256'
  throw netError('NET_WEAK_ALGORITHM', {
    message: `the key of dkim has ${bits} bits, and verifiers want ${LEAST_BITS} at least (RFC 8301)`,
  })
}

function bad(message: string): Error {
  return netError('NET_BAD_OPTION', { message: `dkim.${message}` })
}

const NAME = /^(?=.{1,253}$)[\w](?:[\w-]*[\w])?(?:\.[\w](?:[\w-]*[\w])?)*$/
const LEAST_BITS = 1024
