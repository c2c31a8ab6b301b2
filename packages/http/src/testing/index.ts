/* A server to test against, and its faults. */

export { startHttpServer, type HttpServerOptions, type HttpServer } from './http-server.ts'
export type { CannedReply, HttpFaultAction, HttpFault } from './faults.ts'
export { replayHar, type ReplayOptions } from './replay.ts'
export { standardRoutes } from './routes.ts'
export { digestGuard, type DigestGuardOptions } from './digest-guard.ts'
export { httpbinRoutes } from './httpbin-routes.ts'
export type {
  InterimReply,
  Reply,
  ReplyHeaders,
  ReplyPiece,
  Route,
  RouteExchange,
} from './route.ts'
export { acceptWebSocket, type AcceptOptions } from './web-socket.ts'
export type { SeenRequest } from './seen-request.ts'
export type { ServerLimits } from './site.ts'
