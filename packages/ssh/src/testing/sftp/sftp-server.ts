/*
 * An SFTP server for tests: an SSH server on loopback whose files are in memory or in a folder, with the manners of servers
 * that people meet, and faults on demand. It must not be put on a network.
 */

import { option, optionsDoor, shape, type OptionsDoor } from '@net/core/authoring'

import type { SshFault } from '../faults.ts'
import { startSshServer, type SshServer, type SshServerOptions } from '../ssh-server.ts'
import { FolderStore } from './folder-store.ts'
import { MANNERS, type SftpServerKind } from './server-manners.ts'
import { SftpFaults, type SftpFault } from './sftp-faults.ts'
import type { SftpStore } from './sftp-store.ts'
import { serveSftp } from './sftp-subsystem.ts'
import { SftpTree, type SftpContents } from './sftp-tree.ts'

/** Options of the embedded server. */
export interface SftpServerOptions {
  /** What it has at first, in memory, by path. Default nothing. */
  readonly files?: SftpContents | SftpTree | undefined
  /** A folder of this machine that it serves in place of `files`: nothing outside of it can be reached, also by links. */
  readonly folder?: string | undefined
  /** Whose statuses, extensions and limits it has. Default those of OpenSSH. */
  readonly like?: SftpServerKind | undefined
  /** Whether it has the extensions of its kind, or these by name. Default true. */
  readonly extensions?: boolean | readonly string[] | undefined
  /** How many files may be open at once. Default any number. */
  readonly maxHandles?: number | undefined
  /** The version that it says. Default 3. */
  readonly version?: number | undefined
  /** Answers in whatever order. Default false. */
  readonly shuffles?: boolean | undefined
  /** Options of the SSH server around it. */
  readonly ssh?: Omit<SshServerOptions, 'subsystems'> | undefined
}

/** A running server. */
export interface SftpServer extends AsyncDisposable {
  /** `ssh://127.0.0.1:port`. */
  readonly url: string
  /** The SSH server around it. */
  readonly ssh: SshServer
  /** What it has; an empty tree where it serves a folder. */
  readonly files: SftpTree
  /** The requests that it got, as `OPEN /in/a.csv`. */
  readonly requests: readonly string[]
  /** How many files and folders were left open by clients that have gone. */
  readonly leftOpen: number
  /** Arms a fault of SFTP. */
  fail(fault: SftpFault): void
  /** Arms a fault of the connection. */
  failSsh(fault: SshFault): void
  close(): Promise<void>
}

const door: OptionsDoor<SftpServerOptions> = optionsDoor<SftpServerOptions>(
  { protocol: 'sftp', call: 'startSftpServer' },
  {
    files: shape<SftpContents | SftpTree>(
      'files by their paths',
      (value) => typeof value === 'object' && value !== null,
    ),
    folder: option.text,
    like: option.oneOf('openssh', 'proftpd', 'asyncssh', 'rclone'),
    extensions: option.either<boolean | readonly string[]>([option.flag, option.list(option.text)]),
    maxHandles: option.count,
    version: option.size,
    shuffles: option.flag,
    ssh: shape<Omit<SshServerOptions, 'subsystems'>>(
      'options of startSshServer',
      (value) => typeof value === 'object' && value !== null,
    ),
  },
)

/** Starts a server on 127.0.0.1, on a port of its own. Throws `NET_BAD_OPTION`. */
export async function startSftpServer(options?: SftpServerOptions): Promise<SftpServer> {
  const { files = {}, folder, like = 'openssh', extensions = true, ...rest } = door(options)
  const tree = files instanceof SftpTree ? files : new SftpTree(files)
  const store: SftpStore = folder === undefined ? tree : new FolderStore(folder)
  const manners = MANNERS[like]
  const faults = new SftpFaults()
  const requests: string[] = []
  let leftOpen = 0
  const rules = {
    manners,
    extensions: chosen(manners.extensions, extensions),
    maxHandles: rest.maxHandles ?? Infinity,
  }
  const plan = {
    store,
    rules,
    version: rest.version ?? 3,
    faults,
    shuffles: rest.shuffles ?? false,
    received: (line: string): void => void requests.push(line),
    left: (open: number): void => {
      leftOpen += open
    },
  }
  const ssh = await startSshServer({
    ...rest.ssh,
    subsystems: { sftp: (_, io) => serveSftp(plan, io) },
  })
  const close = async (): Promise<void> => {
    faults.end()
    await ssh.close()
  }
  return {
    url: ssh.url,
    ssh,
    files: tree,
    requests,
    get leftOpen() {
      return leftOpen
    },
    fail: (fault) => faults.add(fault),
    failSsh: (fault) => ssh.fail(fault),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function chosen(
  all: Readonly<Record<string, string>>,
  wanted: boolean | readonly string[],
): Readonly<Record<string, string>> {
  if (wanted === true) return all
  if (wanted === false) return {}
  return Object.fromEntries(wanted.map((name) => [name, all[name] ?? '1']))
}
