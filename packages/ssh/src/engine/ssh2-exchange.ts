/*
 * The work on private fields of ssh2 that concerns the key exchange, and nothing else: algorithms that it does not know,
 * certificates of hosts, and keys in a form that costs less. Holds for the version of `load-engine.ts` alone.
 */

import { createSecretKey } from 'node:crypto'

import { HYBRID, type Algorithms } from '../algorithm-names.ts'
import type { Negotiated } from '../algorithms.ts'
import { CurveExchange } from '../curve-exchange.ts'
import { GroupExchange } from '../group-exchange.ts'
import { HybridExchange } from '../hybrid-exchange.ts'
import { readCertificate } from '../identity/certificate.ts'
import { mpint } from '../identity/key-material.ts'
import { isCertificateType, plainType } from '../identity/signatures.ts'
import { FieldReader } from '../identity/wire.ts'
import type { EngineClient, EngineExchange, EngineIncoming, EngineOffer } from './ssh2-types.ts'

/**
 * Keys of ciphers and MACs as key objects, after each key exchange: ssh2 makes a cipher for every packet, and a key
 * given as bytes costs Node more than the cipher itself.
 */
export function keysAsObjects({ _protocol }: EngineClient | EngineIncoming): void {
  const { _cipher, _decipher } = _protocol
  for (const side of [_cipher, _decipher]) {
    for (const name of KEY_FIELDS) {
      const key = side?.[name]
      if (Buffer.isBuffer(key) && side !== undefined) side[name] = createSecretKey(key)
    }
  }
}

/** What was agreed on, and whether the key exchange was strict; undefined before. */
export function negotiatedBy(
  client: EngineClient,
): { readonly negotiated: Negotiated; readonly strict: boolean } | undefined {
  const exchange = client._protocol._kex
  if (exchange === undefined) return undefined
  const { kex, serverHostKey, cs, sc } = exchange.negotiated
  const negotiated = Object.freeze({
    kex,
    hostKey: certified.get(exchange) ?? serverHostKey,
    cipherOut: cs.cipher,
    macOut: cs.mac,
    cipherIn: sc.cipher,
    macIn: sc.mac,
    compression: cs.compress,
  })
  return { negotiated, strict: client._protocol._strictMode === true }
}

/**
 * Offers these algorithms, also those that ssh2 does not know: the certificates of hosts, and the hybrid key exchange.
 * Before the first byte of the server.
 */
export function offerAlgorithms(
  client: EngineClient,
  algorithms: Algorithms,
  compression: readonly string[],
): void {
  const protocol = client._protocol
  const { names, offer } = offered(protocol._offer.constructor, algorithms, compression)
  const choice = new HybridChoice(names)
  const { lists } = offer
  // The bytes are the same for all connections; how the list is read is counted for this one.
  protocol._offer = Object.assign(Object.create(Object.getPrototypeOf(offer) as object), offer, {
    lists: { ...lists, kex: { ...lists.kex, array: choice.list } },
  }) as EngineOffer
  let exchange = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set(next: EngineExchange) {
      exchange = next
      if (choice.made()) makeHybrid(next)
      else if (next.type === '25519') makeCurve(next)
      if (next.type === 'groupex') makeGroup(next)
      if (isCertificateType(next.negotiated.serverHostKey)) takeCertificate(next)
    },
  })
}

interface Offered {
  readonly compression: readonly string[]
  readonly names: readonly string[]
  readonly offer: EngineOffer
}

/** What is offered, made once for each object of lists. */
function offered(
  Offer: EngineOffer['constructor'],
  algorithms: Algorithms,
  compression: readonly string[],
): Offered {
  const before = offers.get(algorithms)
  if (before?.compression === compression) return before
  const { kex, hostKeys, ciphers, macs } = algorithms
  const way = { cipher: ciphers, mac: macs, compress: compression, lang: [] }
  // Extensions, and the strict key exchange.
  const names = [...kex, 'ext-info-c', 'kex-strict-c-v00@openssh.com']
  const offer = new Offer({ kex: names, serverHostKey: hostKeys, cs: way, sc: way })
  const made = { compression, names, offer }
  offers.set(algorithms, made)
  return made
}

/**
 * The list of our key exchanges as ssh2 reads it: once to compare names, and if the first one is what the server has as
 * well, once more to make what belongs to it, where the one stands that ssh2 knows and we make ours of.
 */
class HybridChoice {
  readonly list: readonly string[]
  #reads = 0

  constructor(names: readonly string[]) {
    this.list =
      names[0] !== HYBRID
        ? names
        : new Proxy(names, {
            get: (target, key) => {
              if (key !== '0') return Reflect.get(target, key) as unknown
              this.#reads += 1
              return this.#reads === 2 ? CURVE : HYBRID
            },
          })
  }

  /** Whether it is what was chosen, for the exchange that begins. */
  made(): boolean {
    const isMade = this.#reads > 1
    this.#reads = 0
    return isMade
  }
}

function makeHybrid(exchange: EngineExchange): void {
  const hybrid = new HybridExchange()
  Object.assign(exchange.negotiated, { kex: HYBRID })
  Object.assign(exchange, {
    generateKeys() {},
    getPublicKey: () => hybrid.publicKey,
    convertPublicKey: (key: Buffer) => key,
    computeSecret: (answer: Buffer) => secretOf(hybrid, answer),
  })
}

/** ssh2 writes and reads the keys as DER, ours twice. */
function makeCurve(exchange: EngineExchange): void {
  const curve = new CurveExchange()
  Object.assign(exchange, {
    generateKeys() {},
    getPublicKey: () => curve.publicKey,
    computeSecret: (answer: Buffer) => numberOf(secretOf(curve, answer)),
  })
}

/** As it is hashed: as a number (RFC 8731, section 3.1). */
function numberOf(secret: Buffer | Error): Buffer | Error {
  return secret instanceof Error ? secret : mpint(secret)
}

/** ssh2 asks for larger groups than there is need for, and has each tested for seconds. */
function makeGroup(exchange: EngineExchange): void {
  let group: GroupExchange | undefined
  const made = (): GroupExchange =>
    (group ??= new GroupExchange(exchange._prime ?? NOTHING, exchange._generator ?? NOTHING))
  Object.assign(exchange, {
    _prefBits: GROUP_BITS,
    generateKeys() {},
    getPublicKey: () => made().publicKey,
    getDHParams: () => ({
      prime: mpint(exchange._prime ?? NOTHING),
      generator: mpint(exchange._generator ?? NOTHING),
    }),
    computeSecret: (answer: Buffer) => secretOf(made(), answer),
  })
}

function secretOf(
  half: CurveExchange | HybridExchange | GroupExchange,
  answer: Buffer,
): Buffer | Error {
  try {
    return half.secretOf(answer)
  } catch (error) {
    return error as Error
  }
}

/** ssh2 hashes what the server shows, and then verifies with it: between the two the key takes the place of its certificate. */
function takeCertificate(exchange: EngineExchange): void {
  const { negotiated } = exchange
  const name = negotiated.serverHostKey
  certified.set(exchange, name)
  // As the certificate calls itself.
  negotiated.serverHostKey = name.replace(/^rsa-sha2-\d+-/, 'ssh-rsa-')
  const [finish, ownKey] = [exchange.finish.bind(exchange), exchange.getPublicKey.bind(exchange)]
  exchange.getPublicKey = () => {
    const shown = exchange._hostKey
    const plain = shown === undefined ? undefined : readCertificate(shown)?.publicKey
    if (plain !== undefined) exchange._hostKey = Buffer.from(plain)
    return ownKey()
  }
  exchange.finish = (partly) => {
    negotiated.serverHostKey = plainType(name)
    return finish(partly)
  }
}

/** Lets the server half show this certificate to clients that ask for one, before its keys. As soon as a client has connected. */
export function serveCertificate({ _protocol: protocol }: EngineIncoming, blob: Uint8Array): void {
  const name = readCertificate(blob)?.type ?? ''
  const { kex, serverHostKey, cs } = protocol._offer.lists
  const key = protocol._hostKeys?.[plainType(name)]
  if (key === undefined) return
  const way = { cipher: cs.cipher.array, mac: cs.mac.array, compress: cs.compress.array, lang: [] }
  const Offer = protocol._offer.constructor
  const names = [name, ...serverHostKey.array]
  protocol._offer = new Offer({ kex: kex.array, serverHostKey: names, cs: way, sc: way })
  const shown = { type: key.type, getPublicSSH: () => Buffer.from(blob), sign: key.sign.bind(key) }
  protocol._hostKeys = { ...protocol._hostKeys, [name]: shown }
  let exchange = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set(next: EngineExchange) {
      exchange = next
      const finish = next.finish.bind(next)
      // The signature is one of the key in it.
      next.finish = (partly) => {
        next.negotiated.serverHostKey = plainType(next.negotiated.serverHostKey)
        return finish(partly)
      }
    },
  })
}

/**
 * Agrees on new keys. Nothing if that is under way. Begins behind the packet that may just be written: ssh2 counts it only
 * then, and would encrypt another one under the same number.
 */
export function exchangeKeys({ _protocol }: EngineClient): void {
  queueMicrotask(() => {
    if (_protocol._kexinit === undefined) _protocol.rekey()
  })
}

/** The algorithms for host keys that the server offers (RFC 4253, section 7.1); none if it has not said so yet. */
export function hostKeysOffered(client: EngineClient): readonly string[] {
  const said = client._protocol._kex?._remoteKexinit
  if (said === undefined) return []
  // The number of the message and the cookie, then lists of names: of key exchanges, of host keys.
  const reader = new FieldReader(said.subarray(17))
  reader.field()
  return reader.text().split(',')
}

// Of AES-GCM, ChaCha20-Poly1305 and HMAC, out and in. AES-CTR makes one cipher for all packets.
const KEY_FIELDS = [
  '_encKey',
  '_decipherKey',
  '_encKeyMain',
  '_encKeyPktLen',
  '_decKeyMain',
  '_decKeyPktLen',
  '_macKey',
] as const
// As strong as AES-128, and computed in milliseconds.
const GROUP_BITS = 3072
const CURVE = 'curve25519-sha256'
const NOTHING = new Uint8Array(0)
const offers = new WeakMap<Algorithms, Offered>()
// The algorithm that was agreed on for a certificate, which ssh2 must not see.
const certified = new WeakMap<EngineExchange, string>()
