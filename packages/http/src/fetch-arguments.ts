/*
 * What `fetch` is given, as it is when it is called: the platform's own reads all of it at once, and its users change it then. What
 * cannot be read passes as it is, for the call to refuse.
 */

/** The arguments of one call. */
export interface FetchArguments {
  readonly input: string | URL | Request
  readonly init: RequestInit | undefined
}

/** Reads them. */
export function givenFetch(
  input: string | URL | Request,
  init: RequestInit | undefined,
): FetchArguments {
  if (typeof input === 'string' && init === undefined) return { input, init }
  // By their names, as they may be those of a Request.
  const { method, headers, redirect, signal, integrity, body, duplex } = (init ?? {}) as Members
  const fields = headers === undefined && isRequest(input) ? input.headers : headers
  const given: Members = {
    method,
    headers: fields && givenHeaders(fields),
    redirect,
    signal,
    integrity,
    body: body && givenBody(body),
    duplex,
  }
  return { input: input instanceof URL ? input.href : input, init: given as RequestInit }
}

type Members = {
  readonly [K in 'method' | 'headers' | 'redirect' | 'signal' | 'integrity' | 'body']:
    | RequestInit[K]
    | undefined
} & { readonly duplex?: unknown }

function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'headers' in input
}

function givenHeaders(headers: NonNullable<RequestInit['headers']>): RequestInit['headers'] {
  try {
    return new Headers(headers)
  } catch {
    return headers
  }
}

/** Streams and blobs are theirs to read. */
function givenBody(body: NonNullable<RequestInit['body']>): RequestInit['body'] {
  if (body instanceof URLSearchParams) return new URLSearchParams(body)
  if (body instanceof FormData) return givenForm(body)
  if (ArrayBuffer.isView(body))
    return Uint8Array.from(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  return body instanceof ArrayBuffer ? body.slice(0) : body
}

function givenForm(form: FormData): FormData {
  const given = new FormData()
  for (const [name, value] of form) given.append(name, value)
  return given
}
