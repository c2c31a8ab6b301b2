/* HTTP: the verbs, the client, and what they take and give. */

export { del as delete, get, head, options, patch, post, put, request } from './verbs.ts'
export { createClient, type HttpClient } from './client.ts'
export { basic, bearer, type Authorization, type AuthRequest, type HttpAuth } from './auth.ts'
export { netrc, type NetrcOptions } from './netrc.ts'
export { HttpStatusError, type StatusDetails } from './errors.ts'
export { fromFile, fromText, toFile, type CloseOptions } from '@net/core'
export type {
  ClientOptions,
  InterimResponse,
  RequestOptions,
  SharedOptions,
} from './client-options.ts'
export type { RedirectOptions } from './middleware/redirect.ts'
export type { Handler, Middleware } from './handler.ts'
export { HttpRequest, type RequestBody, type RequestChanges } from './request.ts'
export type { BodyOptions } from './request-body.ts'
export { HttpHeaders, type HeaderFields, type HeaderValue } from './headers.ts'
export type { Params, ParamValue } from './params.ts'
export { PendingResponse, type Intent } from './pending-response.ts'
export {
  createResponse,
  type BodyReaders,
  type Charset,
  type HistoryEntry,
  type HttpResponse,
  type ResponseContent,
  type Timings,
} from './response.ts'
export type { ResponseSchema, SchemaResult } from './response-schema.ts'
export type { SwitchedConnection, SwitchOptions } from './switching.ts'
export type { HttpBody } from './body.ts'
export type { HttpProtocol } from './connection.ts'
