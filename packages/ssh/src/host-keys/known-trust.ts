/*
 * What the lines of known_hosts say of a key that a host has shown: trusted by itself, by its certificate, revoked, changed,
 * or unknown. It must not know what is done about it.
 */

import { clock } from '@net/core/authoring'

import { SshHostKeyError } from '../errors.ts'
import { certificateFault } from '../identity/certificate.ts'
import { describeKey, fingerprintOf, type HostKey } from './host-key.ts'
import { readKnownHosts, type KnownHost } from './known-hosts-file.ts'
import type { HostKeySubject } from './subject.ts'

/** All lines of the files that are about the host. */
export async function readAll(
  files: readonly string[],
  { name, plainName, signal }: HostKeySubject,
): Promise<readonly KnownHost[]> {
  const names = plainName === undefined ? [name] : [name, plainName]
  const found = await Promise.all(files.map((file) => readKnownHosts(file, names, signal)))
  return found.flat()
}

/** The keys under the name itself, and only if there are none, those under the name without its port. */
function candidates(known: readonly KnownHost[], { name }: HostKeySubject): readonly KnownHost[] {
  const keys = plain(known)
  const exact = keys.filter((line) => line.name === name)
  return exact.length > 0 ? exact : keys
}

/** What is known of the host's keys before it shows one. */
export function knownKeys(
  known: readonly KnownHost[],
  subject: HostKeySubject,
): { readonly types: readonly string[]; readonly authority: boolean } {
  const authority = known.some(({ marker }) => marker === 'cert-authority')
  return { types: typesOf(known, subject), authority }
}

function typesOf(known: readonly KnownHost[], subject: HostKeySubject): readonly string[] {
  return candidates(known, subject).map(({ type }) => type)
}

/** Why a key is trusted; undefined if nothing is known of it. Throws if it is revoked, or if others are known instead of it. */
export function trustIn(
  key: HostKey,
  known: readonly KnownHost[],
  subject: HostKeySubject,
): 'key' | 'certificate' | undefined {
  const { name } = subject
  const others = candidates(known, subject)
  const keys = { fingerprint: key.fingerprint, known: others.map(fingerprint) }
  const revoked = known.find((line) => line.marker === 'revoked' && isRevokedBy(line, key))
  if (revoked !== undefined) {
    const message = `the host key of ${name} is revoked: ${describeKey(key)} (${place(revoked)})`
    throw new SshHostKeyError('NET_HOSTKEY_REVOKED', { message }, keys)
  }
  if (isCertified(key, known) && certifiedFault(key, subject) === undefined) return 'certificate'
  if (others.some((line) => isSame(line.blob, key.blob))) return 'key'
  // Another port may well be another server.
  if (others[0]?.name !== name) return undefined
  const list = others.map((line) => `${line.type} ${fingerprint(line)} (${place(line)})`).join(', ')
  const message = `the host key of ${name} has changed: the server showed ${describeKey(key)}, known is ${list}${faultOf(key, known, subject)}`
  throw new SshHostKeyError('NET_HOSTKEY_CHANGED', { message }, keys)
}

/** The error for a key of which nothing is known. */
export function unknown(key: HostKey, known: readonly KnownHost[], subject: HostKeySubject): Error {
  const { name, plainName } = subject
  const authority =
    key.certificate === undefined && known.some(({ marker }) => marker === 'cert-authority')
      ? '; an authority is known for it, but the server showed a key without a certificate'
      : faultOf(key, known, subject)
  const other =
    plain(known).length === 0 ? '' : `; another key is known for ${plainName} on another port`
  const message = `the host key of ${name} is not known: ${describeKey(key)}${authority}${other}; compare it with its owner's and add it to known_hosts, or trust it the first time with hostKeys: acceptNew()`
  return new SshHostKeyError(
    'NET_HOSTKEY_UNKNOWN',
    { message },
    { fingerprint: key.fingerprint, known: [] },
  )
}

/** Whether the line, whatever name stood first, has this key for the host. */
export function hasKey(known: readonly KnownHost[], key: HostKey): boolean {
  return plain(known).some((line) => isSame(line.blob, key.blob))
}

function isCertified({ certificate }: HostKey, known: readonly KnownHost[]): boolean {
  return known.some(
    ({ marker, blob }) =>
      marker === 'cert-authority' && isSame(blob, certificate?.authority ?? NOTHING),
  )
}

function certifiedFault(
  { certificate }: HostKey,
  { name, plainName }: HostKeySubject,
): string | undefined {
  if (certificate === undefined) return 'there is none'
  const principal = plainName ?? name
  return certificateFault(certificate, { kind: 'host', principal, now: clock().date() })
}

function faultOf(key: HostKey, known: readonly KnownHost[], subject: HostKeySubject): string {
  if (key.certificate === undefined) return ''
  const fault = isCertified(key, known)
    ? certifiedFault(key, subject)
    : 'its authority is not known for this host'
  return `; its certificate does not count: ${fault}`
}

function isRevokedBy({ blob }: KnownHost, { blob: own, certificate }: HostKey): boolean {
  return isSame(blob, own) || isSame(blob, certificate?.authority ?? NOTHING)
}

function plain(known: readonly KnownHost[]): readonly KnownHost[] {
  return known.filter(({ marker }) => marker === undefined)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other)
}

function fingerprint(line: KnownHost): string {
  return fingerprintOf(line.blob)
}

function place({ file, line }: KnownHost): string {
  return `${file}, line ${line}`
}

const NOTHING = new Uint8Array(0)
