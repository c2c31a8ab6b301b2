/* HTTP: the verbs, the client, and what they take and give. */

export {
  del as delete,
  download,
  get,
  head,
  options,
  pages,
  patch,
  post,
  put,
  request,
} from './verbs.ts'
export { createClient } from './client.ts'
export type { HttpClient } from './http-client.ts'
export { basic, bearer, type Authorization, type AuthRequest, type HttpAuth } from './auth.ts'
export {
  createCookieJar,
  type CookieJar,
  type CookieJarOptions,
  type CookieVerdict,
} from './cookies/cookie-jar.ts'
export type { CookiePolicyOptions } from './cookies/cookie-policy.ts'
export type { Cookie, CookieFields } from './cookies/cookie.ts'
export type { CacheEntry, CacheRecord, HttpCache } from './cache/entry.ts'
export { folderCache, type FolderCacheOptions } from './cache/folder-cache.ts'
export { memoryCache, type MemoryCacheOptions } from './cache/memory-cache.ts'
export { digest } from './auth/digest.ts'
export { loginSteps, type LoginExchange } from './auth/login-steps.ts'
export { oauth, type OAuthOptions } from './auth/oauth.ts'
export type { OAuthToken } from './auth/token-endpoint.ts'
export { netrc, readNetrc, type NetrcOptions } from './netrc.ts'
export type { NetrcEntry, NetrcLookup } from '@net/core/authoring'
export { webFile, type WebFile } from './web-file.ts'
export { HttpStatusError, type StatusDetails } from './errors.ts'
export { fromFile, fromText, toFile, type CloseOptions } from '@net/core'
export type {
  ClientOptions,
  InterimResponse,
  MountOptions,
  PageOptions,
  RequestOptions,
  SendOptions,
  SharedOptions,
} from './client-options.ts'
export type { RedirectHook, RedirectOptions } from './middleware/redirect.ts'
export type { RepeatHook, RepeatNotice } from './middleware/retry.ts'
export type { Checksum, DownloadOptions, DownloadResult } from './download-options.ts'
export type { Fetch } from './fetch.ts'
export type { ConnectionLimits } from './connection-limits.ts'
export type { Handler, Middleware } from './handler.ts'
export type {
  Har,
  HarContent,
  HarEntry,
  HarPair,
  HarParam,
  HarPostData,
  HarRequest,
  HarResponse,
} from './har/har.ts'
export { recordHar, type HarOptions, type HarRecorder } from './har/recorder.ts'
export { toCurl, type CurlOptions } from './curl.ts'
export type { HttpLink, HttpLinks } from './links.ts'
export { statusClass, statusCodes, type StatusClass } from './status.ts'
export { HttpRequest, type RequestBody, type RequestChanges } from './request.ts'
export type { BodyOptions, FormFields, NotABody, OtherOption } from './request-body.ts'
export type { MultipartFields, MultipartPart, MultipartValue } from './multipart.ts'
export { HttpHeaders, type HeaderFields, type HeaderValue } from './headers.ts'
export type { Params, ParamValue } from './params.ts'
export { PendingResponse, type Intent } from './pending-response.ts'
export { createResponse, type ResponseContent } from './created-response.ts'
export type { BodyReaders, Charset, HistoryEntry, HttpResponse, Timings } from './response.ts'
export type { ServerSentEvent } from './event-stream.ts'
export type { EventSourceOptions, ReconnectOptions, ServerSentEvents } from './event-source.ts'
export type { EventOptions } from './read-events.ts'
export type { ResponseSchema, SchemaResult } from './response-schema.ts'
export type { SwitchedConnection, SwitchOptions } from './switching.ts'
export type {
  WebSocketClose,
  WebSocketConnection,
  WebSocketEnd,
  WebSocketKeepAlive,
  WebSocketOptions,
} from './web-socket-options.ts'
export type { HttpBody } from './body.ts'
export type { HttpProtocol } from './connection.ts'
