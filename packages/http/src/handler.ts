/* What answers requests, and what stands in front of it. */

import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** Answers a request, or rejects with a NetError. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>

/**
 * Runs between a call and its response: may read or replace both, answer by itself, or call `next` more than
 * once. Errors that it throws reach the caller unchanged.
 */
export type Middleware = (request: HttpRequest, next: Handler) => Promise<HttpResponse>
