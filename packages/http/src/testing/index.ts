/* A server to test against, and what it can be made to do. */

export { startHttpServer, type HttpServerOptions, type HttpTestServer } from './http-server.ts'
export type { CannedReply, FaultAction, HttpFault } from './faults.ts'
export { respondJson, standardRoutes, type Route, type SeenRequest } from './routes.ts'
