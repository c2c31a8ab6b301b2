/* SSH: commands and tunnels on servers whose keys are checked. */

export { connect, methods } from './connect.ts'
export type { SshClient, SshInfo } from './client.ts'
export { hostConfig, type HostConfig, type HostConfigOptions } from './config/host-config.ts'
export type {
  SshConnectOptions,
  SshJump,
  ExecBytesOptions,
  ExecOptions,
  ExecResult,
} from './client-options.ts'
export type {
  ProcessExit,
  ProcessInput,
  RunningOptions,
  ShellOptions,
  SpawnOptions,
  SshProcess,
  SubsystemOptions,
  TerminalOptions,
  TerminalSize,
} from './ssh-process.ts'
export type { SudoOptions } from './sudo.ts'
export type { ExpectOptions, Shown, SshShell } from './shell/shell.ts'
export type { Answer, Wanted } from './shell/expectation.ts'
export type { SshTunnel } from './tunnel.ts'
export type { CommandOutput } from './command-output.ts'
export {
  acceptNew,
  dangerouslyAcceptAnyHostKey,
  knownHosts,
  pinned,
  type AcceptNewOptions,
  type HostKeyCheck,
  type HostKeyPolicy,
  type HostKeyLearning,
  type HostKeyVerdict,
  type KnownHostsOptions,
} from './host-keys/policy.ts'
export type { HostKey } from './host-keys/host-key.ts'
export type { HostKeySubject } from './host-keys/subject.ts'
export type { Certificate } from './identity/certificate.ts'
export type { SshAuth } from './identity/auth.ts'
export { agent, type AgentAuth, type AgentOptions } from './identity/agent-auth.ts'
export {
  keyboardInteractive,
  type InteractiveAnswer,
  type InteractiveAuth,
  type InteractiveChallenge,
} from './identity/interactive.ts'
export { key, type KeyAuth, type KeyOptions } from './identity/keys.ts'
export type { KeySource } from './identity/key-source.ts'
export {
  generateKey,
  readKey,
  type CertifyOptions,
  type ExportKeyOptions,
  type GenerateKeyOptions,
  type ReadKeyOptions,
  type SshKey,
} from './keys/ssh-key.ts'
export { readPublicKey, type SshPublicKey } from './keys/ssh-public-key.ts'

export type { KeepAliveOptions } from './keep-alive.ts'
export type { Negotiated } from './algorithms.ts'
export { oldDevices, type AlgorithmLists, type Algorithms } from './algorithm-names.ts'
export type { RekeyOptions } from './rekey-watch.ts'
export { quote } from './quote.ts'
export type { Scp, ScpUploadOptions } from './scp/scp.ts'
export type { SftpClient } from './sftp/sftp-client.ts'
export type {
  SftpAppendOptions,
  SftpCopyOptions,
  SftpDownloadOptions,
  SftpMkdirOptions,
  SftpOpenOptions,
  SftpOptions,
  SftpReadFileOptions,
  SftpReadOptions,
  SftpRemoveOptions,
  SftpRenameOptions,
  SftpUploadOptions,
} from './sftp/sftp-options.ts'
export type { SftpAttributes } from './sftp/attributes.ts'
export type { SftpEncoding } from './sftp/name-text.ts'
export type { SftpEntry } from './sftp/entry.ts'
export type { SftpFile, SftpOpenFlags, SftpRange } from './sftp/sftp-file.ts'
export type { SftpFileSystem } from './sftp/path-verbs.ts'
export { SftpError } from './sftp/sftp-error.ts'
export type { TransferResult } from './sftp/transfer-result.ts'
export {
  fleet,
  type FleetContext,
  type FleetHost,
  type FleetJob,
  type FleetOptions,
  type FleetResult,
  type FleetRun,
} from './fleet.ts'
export { scan, type ScanOptions } from './scan.ts'
export { SshChannelError, SshExitError, SshHostKeyError } from './errors.ts'
export { fromFile, fromText, toFile, type CloseOptions } from '@net/core'
