/* A server to test against, and its faults. */

export { startHttpServer, type HttpServerOptions, type HttpServer } from './http-server.ts'
export type { CannedReply, HttpFaultAction, HttpFault } from './faults.ts'
export { respondJson, standardRoutes, type Route, type SeenRequest } from './routes.ts'
