/*
 * Of which version of a file a part is: what the server called it when the part was begun. Beside `path.part` it is kept in
 * `path.part.http`, so that a later program does not join two versions.
 */

import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'

import { option, optionsObject } from '@net/core/authoring'

import type { HttpHeaders } from './headers.ts'

/** A version of a file on a server. */
export interface PartVersion {
  /** What `If-Range` may say: a strong ETag, or a date that surely names one version. */
  readonly validator?: string | undefined
  /** How many bytes the whole has. */
  readonly size?: number | undefined
}

/** The version that an answer with these headers is of. */
export function versionOf(headers: HttpHeaders, size: number | undefined): PartVersion {
  const validator = strongTagOf(headers) ?? sureDateOf(headers)
  return {
    ...(validator === undefined ? {} : { validator }),
    ...(size === undefined ? {} : { size }),
  }
}

/** Whether an answer with these headers may be of the version, as far as it says anything. */
export function mayBe(
  version: PartVersion,
  headers: HttpHeaders,
  size: number | undefined,
): boolean {
  if (version.size !== undefined && size !== undefined && version.size !== size) return false
  const { validator } = version
  if (validator === undefined) return true
  const said = headers.get(validator.startsWith('"') ? 'etag' : 'last-modified')
  return said === undefined || said === validator
}

/** Remembers versions beside the parts of one file. */
export class VersionFile {
  readonly #path: string
  /** The URL may have secrets in it. */
  readonly #url: string
  #isThere = false

  constructor(path: string, url: string) {
    this.#path = `${path}.part.http`
    this.#url = createHash('sha256').update(url).digest('hex')
  }

  /** The version of the part; undefined if nothing is known, or if it is of another URL. */
  async read(): Promise<PartVersion | undefined> {
    try {
      const kept = keptShape.take(JSON.parse(await readFile(this.#path, 'utf8')), 'the version')
      this.#isThere = true
      return kept.url === this.#url ? kept : undefined
    } catch {
      // Whatever cannot be read is not known, and the file is fetched from its beginning.
      return undefined
    }
  }

  async write({ validator, size }: PartVersion): Promise<void> {
    await writeFile(this.#path, JSON.stringify({ url: this.#url, validator, size }))
    this.#isThere = true
  }

  async remove(): Promise<void> {
    if (this.#isThere) await rm(this.#path, { force: true })
    this.#isThere = false
  }
}

/** A weak tag is the same for versions that differ in bytes (RFC 9110 section 8.8.1). */
function strongTagOf(headers: HttpHeaders): string | undefined {
  const tag = headers.get('etag')
  return tag?.startsWith('"') === true ? tag : undefined
}

/** A file may change twice within the second that its date names (RFC 9110 section 8.8.2.2). */
function sureDateOf(headers: HttpHeaders): string | undefined {
  const modified = headers.get('last-modified')
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '')
  return age >= SURELY_OLDER ? modified : undefined
}

const keptShape = optionsObject<PartVersion & { readonly url: string }>({
  url: option.required(option.text),
  validator: option.text,
  size: option.size,
})
const SURELY_OLDER = 60_000
