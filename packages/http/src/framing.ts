/* What the head of an answer says about its body, found in one pass over the fields. */

/** The fields that decide how a body is read; a repeated one joined by commas, undefined where there is none. */
export interface Framing {
  readonly contentLength: string | undefined
  readonly transferEncoding: string | undefined
}

/** Reads the fields as they came: names and values in turn. */
export function framingOf(raw: readonly Buffer[]): Framing {
  let contentLength: string | undefined
  let transferEncoding: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    // Few other names are as long, so that hardly any is decoded.
    const length = raw[at]?.length
    if (length === CONTENT_LENGTH.length && isNamed(raw[at], CONTENT_LENGTH))
      contentLength = joined(contentLength, raw[at + 1])
    else if (length === TRANSFER_ENCODING.length && isNamed(raw[at], TRANSFER_ENCODING))
      transferEncoding = joined(transferEncoding, raw[at + 1])
  }
  return { contentLength, transferEncoding }
}

/** How many bytes of body an answer has (RFC 9112 section 6.3); undefined if only its end decides. */
export function bodySize(
  method: string,
  status: number,
  { contentLength }: Framing,
): number | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  // A coding, which can only be `chunked` here, comes with no length: the engine has seen to that.
  return contentLength === undefined || !DIGITS.test(contentLength)
    ? undefined
    : Number(contentLength)
}

/** Whether the body has a transfer coding that we do not know: where it ends is what proxies and servers disagree about (RFC 9112 section 6.3). */
export function isCodedUnknown({ transferEncoding }: Framing): boolean {
  return transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked'
}

function isNamed(bytes: Buffer | undefined, name: string): boolean {
  return bytes?.toString('latin1').toLowerCase() === name
}

function joined(before: string | undefined, bytes: Buffer | undefined): string {
  const value = bytes?.toString('latin1') ?? ''
  return before === undefined ? value : `${before}, ${value}`
}

const CONTENT_LENGTH = 'content-length'
const TRANSFER_ENCODING = 'transfer-encoding'
const DIGITS = /^\d+$/
