/* What is known of servers by the name that they give themselves. */

/** What a server bears. */
export interface Peer {
  /** How many commands at once on one connection; what it says itself goes before. */
  readonly sessions: number
  /** How many bytes a text may have that goes into one packet: it ends the connection at a longer one. */
  readonly longest: number
  /** Whether the end of a command's input may come before its answer to the command; ssh2's server ignores it there. */
  readonly takesEarlyEof: boolean
  /** Whether its accounts have a POSIX shell, or one that reads quotes alike. */
  readonly posix: boolean
}

/** What the server with this software bears. */
export function peerOf(software: string): Peer {
  const name = software.toLowerCase()
  return PEERS.find(({ prefix }) => name.startsWith(prefix)) ?? ANY
}

// Every implementation takes a payload of 32,768 bytes (RFC 4253, section 6.1), in which other fields stand as well.
const ANY: Peer = { sessions: Infinity, longest: 32_000, takesEarlyEof: false, posix: true }
const PEERS: readonly (Peer & { readonly prefix: string })[] = [
  // cmd.exe or PowerShell, as its registry says.
  {
    prefix: 'openssh_for_windows',
    sessions: Infinity,
    longest: 261_120,
    takesEarlyEof: true,
    posix: false,
  },
  // 256 KiB for a packet, with what is around the text.
  { prefix: 'openssh_', sessions: Infinity, longest: 261_120, takesEarlyEof: true, posix: true },
  // Dropbear takes one session after the other, and a command of 9,000 bytes at most.
  { prefix: 'dropbear', sessions: 1, longest: 9000, takesEarlyEof: false, posix: true },
]
