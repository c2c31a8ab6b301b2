/* What a download takes besides the options of any call, and what it gives. */

import { netError, option, optionsDoor, shape, type Shape, type Taken } from '@net/core/authoring'

import { requestOptions, type RequestOptions } from './client-options.ts'
import { HttpHeaders } from './headers.ts'

/** The hash that a file must have: `{ sha256: '9f86d0…' }`, in hexadecimal digits. */
export type Checksum = Readonly<Record<string, string>>

/** Options of `download`. */
export interface DownloadOptions extends Omit<
  RequestOptions,
  'json' | 'form' | 'multipart' | 'body' | 'trailers' | 'expectContinue' | 'stringify'
> {
  /**
   * Goes on where an earlier call left `path.part`, if the server still has the same version of the file, and begins anew
   * otherwise; keeps the part after a failure, with its version in `path.part.http`. Default false.
   */
  readonly resume?: boolean | undefined
  /** What the whole file must hash to, with an algorithm of `node:crypto`; else `NET_CHECKSUM_MISMATCH`, and nothing is kept. */
  readonly checksum?: Checksum | undefined
}

/** What was downloaded. */
export interface DownloadResult {
  /** How many bytes this call moved into the sink. */
  readonly transferred: number
  /** The size of the whole file, in bytes. */
  readonly size: number
  /** Whether the server told the size, or the checksum was compared; false where only the end of the answer says that it is whole. */
  readonly verified: boolean
  /** Where the file came from after all redirects, without credentials. */
  readonly url: string
  /** Of the last answer. */
  readonly headers: HttpHeaders
}

/** The options of a download, checked. */
export interface TakenDownload {
  readonly call: Taken<RequestOptions>
  readonly resume: boolean
  readonly checksum: { readonly algorithm: string; readonly digest: string } | undefined
}

/** Throws `NET_BAD_OPTION`. */
export function downloadOptions(given: DownloadOptions | undefined): TakenDownload {
  if (given !== undefined && !option.isObject(given)) requestOptions(given)
  const { resume, checksum, ...rest } = given ?? {}
  const own = ownDoor({ resume, checksum })
  const call = requestOptions(rest)
  if (call.headers !== undefined && new HttpHeaders(call.headers).has('range')) {
    const message = 'download() asks for ranges itself; for one of yours: get(url).saveTo(sink)'
    throw netError('NET_BAD_OPTION', { message })
  }
  const [algorithm, digest] = Object.entries(own.checksum ?? {})[0] ?? []
  return {
    call,
    resume: own.resume ?? false,
    checksum:
      algorithm === undefined || digest === undefined
        ? undefined
        : { algorithm, digest: digest.toLowerCase() },
  }
}

const checksumShape: Shape<Checksum> = shape(
  "an object with a hash in hexadecimal digits, such as { sha256: '…' }",
  (value) => {
    const [[algorithm, digest] = [], ...others] = option.isObject(value)
      ? Object.entries(value)
      : []
    const { createHash, getHashes } = nodeCrypto()
    if (others.length > 0 || typeof digest !== 'string' || !/^[\da-f]+$/i.test(digest)) return false
    if (algorithm === undefined || !getHashes().includes(algorithm)) return false
    // A digest that is too short would never be equal.
    return createHash(algorithm).digest().length * 2 === digest.length
  },
)

/** Loaded for the first checksum. */
function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

const ownDoor = optionsDoor<Pick<DownloadOptions, 'resume' | 'checksum'>>(
  { protocol: 'http', call: 'download' },
  { resume: option.flag, checksum: checksumShape },
)
