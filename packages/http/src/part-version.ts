/* Of which version of a file a part is: what the server calls it. Beside `path.part` it is kept in `path.part.http`. */

import type { PartVersion } from '@net/core/authoring'

import type { HttpHeaders } from './headers.ts'

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

const SURELY_OLDER = 60_000
