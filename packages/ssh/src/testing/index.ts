/* What tests of programs that use SSH need: a server, its keys, its faults. */

export { startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts'
export type { SshMethod, SshQuestions, SshUser } from './login-desk.ts'
export type { SshReceived } from './server-connection.ts'
export type {
  ExecAnswer,
  ExecExit,
  ExecHandler,
  ExecIo,
  ExecOutput,
  ExecTable,
} from './exec-handlers.ts'
export type { ServedTerminal } from './served-terminal.ts'
export type { TerminalSize } from '../ssh-process.ts'
export type { SshFault, SshFaultAction } from './faults.ts'
export { createSshKey, type SshKeyPair } from './ssh-keys.ts'
export type { ServerQuirks } from './server-quirks.ts'
export { startSftpServer, type SftpServer, type SftpServerOptions } from './sftp/sftp-server.ts'
export type { SftpServerKind } from './sftp/server-manners.ts'
export { SftpTree, type SftpContents } from './sftp/sftp-tree.ts'
export type { SftpContent } from './sftp/tree-node.ts'
export type { SftpFault, SftpFaultAction } from './sftp/sftp-faults.ts'
