/* In what servers that people meet differ from ours: what they lack, hide, forget and refuse. */

import type { SessionConfig } from './session-config.ts'

/** A server whose manners can be had. */
export type FtpServerKind = 'vsftpd' | 'proftpd' | 'pure-ftpd' | 'inetutils' | 'iis'

/** The manners of a server. */
export interface ServerStyle {
  readonly greeting?: string
  readonly cutReply?: string
  readonly without?: readonly string[]
  readonly session?: Partial<
    Pick<
      SessionConfig,
      'cutsAtRestart' | 'forgetsRestart' | 'hidesDots' | 'holdsRename' | 'keepsOnRename' | 'listing'
    >
  >
}

const NO_HASHES: readonly string[] = ['HASH', 'XSHA256', 'XMD5']
const NO_FACTS: readonly string[] = ['MLST', 'MLSD', 'MFMT']

/** The manners of each. */
export const STYLES: Readonly<Record<FtpServerKind, ServerStyle>> = {
  vsftpd: {
    greeting: '220 (vsFTPd 3.0.3)',
    without: [...NO_HASHES, ...NO_FACTS, 'HOST', 'CLNT'],
    session: { hidesDots: true },
  },
  proftpd: {
    greeting: '220 ProFTPD Server ready.',
    without: ['XSHA256', 'CLNT'],
    session: { hidesDots: true, holdsRename: true },
  },
  'pure-ftpd': {
    greeting:
      '220---------- Welcome to Pure-FTPd ----------\r\n220 You will be disconnected after 15 minutes of inactivity.',
    cutReply: '150 0.006 seconds (measured here)',
    without: [...NO_HASHES, 'HOST', 'CLNT'],
    session: { hidesDots: true, cutsAtRestart: true },
  },
  inetutils: {
    greeting: '220 FTP server (GNU inetutils 2.4) ready.',
    without: [...NO_HASHES, ...NO_FACTS, 'HOST', 'CLNT', 'STOU'],
    session: { hidesDots: true, forgetsRestart: true },
  },
  iis: {
    greeting: '220 Microsoft FTP Service',
    without: [...NO_HASHES, ...NO_FACTS],
    session: { listing: 'dos', keepsOnRename: true },
  },
}
