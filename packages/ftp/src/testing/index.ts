/* What tests of programs that speak FTP need: a server in memory that misbehaves on demand. */

export { startFtpServer, type FtpServer, type FtpServerOptions } from './ftp-server.ts'
export type { FtpFault, FtpFaultAction } from './faults.ts'
export type { FtpServerKind } from './server-style.ts'
export type { Permission } from './user-tree.ts'
export type { ServerTlsOptions } from './server-tls.ts'
