/*
 * The names of files that are not whole yet. A part belongs to one version of its file: the name has a digest of the
 * size and time of the source, so that the rest of another version is never put behind it.
 */

import { hash, randomBytes } from 'node:crypto'

import type { RemoteEntry } from '@net/core'

/** The name of the part of a version of the file. */
export function partName(name: string, source: RemoteEntry, longest: number): string {
  const { size = '', modified = '' } = source
  const digest = hash('sha256', `${name}\n${size}\n${modified}`)
  return named(name, digest.slice(0, DIGITS), longest)
}

/** A name of a part that no other run has, of the file of that name: a run that copies other files leaves it alone. */
export function ownPartNameOf(name: string, longest: number): string {
  return named(name, ownDigits(), longest)
}

/** A name of a part that no other run has, and that hardly lasts: it does not say whose it is. */
export function ownPartName(): string {
  return named('', ownDigits(), Infinity)
}

function named(owner: string, digits: string, longest: number): string {
  const end = `.net-${digits}.part`
  return Buffer.byteLength(owner) + end.length <= longest ? `${owner}${end}` : end
}

function ownDigits(): string {
  if (used === random.length) {
    random = randomBytes(DRAWN)
    used = 0
  }
  const digits = random.toString('hex', used, used + BYTES)
  used += BYTES
  return digits
}

/** The name of the file that a part with this name belongs to, `''` where the name does not tell; undefined for no part. */
export function ownerOfPart(name: string): string | undefined {
  // Few names are looked at any closer.
  return name.endsWith('.part') ? PART.exec(name)?.[1] : undefined
}

const DIGITS = 12
const BYTES: number = DIGITS / 2
/** One draw for many names: it costs as much as a call of the system. */
const DRAWN: number = BYTES * 256
let random: Buffer = Buffer.alloc(0)
let used = 0
const PART = /^(.*)\.net-[\da-f]{12}\.part$/s
