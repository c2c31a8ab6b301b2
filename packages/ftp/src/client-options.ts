/* The options of `connect` and of each call. Types only. */

import type { CallOptions } from '@net/core'
import type { SessionConnectOptions } from '@net/socket/authoring'

import type { FtpEncoding } from './wire-text.ts'

/** Options of `connect`. `timeout` limits connecting and nothing else. */
export interface FtpConnectOptions extends SessionConnectOptions {
  /** The account, for servers that ask for one after the password (ACCT). Default none. */
  readonly account?: string | undefined
  /**
   * How the server writes names. Default `'utf8'`; a name that is no UTF-8 can be used all the same, and its entry has
   * `nameBytes`. `'latin1'` is for servers of which all names are ISO 8859-1.
   */
  readonly encoding?: FtpEncoding | undefined
  /**
   * The zone of the server's clock, an IANA name such as `'Europe/Berlin'` or an offset such as `'+01:00'`: the dates of LIST
   * are read by it, each by the offset of its own day, and so are times of MDTM that are not UTC. Default none: dates of
   * LIST are not read, since they have no zone. At vsftpd state it only with `use_localtime`; its times are UTC otherwise.
   */
  readonly timeZone?: string | undefined
  /** How data connections are made. Default passive, as protected as the control connection. */
  readonly data?: FtpDataOptions | undefined
  /** The most sessions that calls share; more than one let calls run at once, each with a login of its own. Default 1. */
  readonly connections?: number | undefined
  /** Opens a new session for the next call, or the next attempt of one that can be repeated, where a session was lost. Default false. */
  readonly reconnect?: boolean | undefined
  /** Milliseconds between the NOOPs that keep a session alive, also during a transfer. Default `Infinity`: none are sent. */
  readonly keepAlive?: number | undefined
  /** Which of its hosts the server is to be, told before the login (HOST, RFC 7151). Default none. */
  readonly virtualHost?: string | undefined
  /** What this program is called, told behind the login (CLNT). Default nothing. */
  readonly clientName?: string | undefined
  /** Whether commands that need no answer before the next one go in one packet. Default true; false is for servers that read one command of a packet. */
  readonly pipelining?: boolean | undefined
}

/** A way to ask a server where it waits for the data connection. */
export type PassiveWay = 'EPSV' | 'PASV'

/** How the data connections of a client are made. */
export interface FtpDataOptions {
  /** Who connects: `'passive'`, we to the server, which is the default, or `'active'`, the server to us (EPRT, PORT). */
  readonly mode?: 'passive' | 'active' | undefined
  /** What is asked for in passive mode, in this order; what has worked once is kept. Default `['EPSV', 'PASV']`. */
  readonly passive?: readonly PassiveWay[] | undefined
  /** The address that the server is told in active mode, where it is not ours, as behind NAT. Default our end of the control connection. */
  readonly address?: string | undefined
  /** The first and the last port to listen on in active mode. Default any free port. */
  readonly ports?: readonly [number, number] | undefined
  /** `'clear'` sends data without TLS, though the login was protected (PROT C). Default `'private'`: as the control connection. */
  readonly protection?: 'private' | 'clear' | undefined
  /** Connects to the address that a reply to PASV names, whatever it is. Default false: to the server itself. */
  readonly dangerouslyTrustAddress?: boolean | undefined
}

/** What transfers of both directions have in common. */
export interface TransferOptions extends CallOptions {
  /** `'ascii'` changes line ends, between LF here and CR LF on the wire; sizes cannot be compared then. Default `'binary'`. */
  readonly mode?: 'binary' | 'ascii' | undefined
  /** `'hash'` compares a hash as well, which is `NET_UNSUPPORTED` where the server makes none. Default `'size'`. */
  readonly verify?: 'size' | 'hash' | undefined
  /** The most bytes a second. Default any number. */
  readonly rate?: number | undefined
}

/** Options of `upload`. */
export interface UploadOptions extends TransferOptions {
  /**
   * Goes on behind what an earlier upload left on the server, if its last 64 KiB are those of the source; otherwise from
   * the start. The source must be one that can be read again. Default false.
   */
  readonly resume?: boolean | undefined
  /**
   * Sends under another name, which becomes the file only when it is whole: `true` for `.name.part` in the same folder, or
   * a function that makes the path of it. Default false. What a failed upload leaves there is removed, unless `resume` is true.
   */
  readonly temporary?: boolean | ((path: string) => string) | undefined
  /**
   * Asks the server first whether there is room (ALLO), where the size of the source is known: `NET_NO_SPACE` then costs
   * nothing of the old file, and no byte is sent. Many servers answer yes to everything. Default false.
   */
  readonly allocate?: boolean | undefined
}

/** Options of `download`. */
export interface DownloadOptions extends TransferOptions {
  /**
   * Continues behind the bytes that an earlier call left in `path.part` (see `keepPart` of `toFile`), if the file on the server still
   * has the size and the time of then, which `path.part.ftp` remembers; otherwise from the start. Default false.
   */
  readonly resume?: boolean | undefined
}

/** Options of `read`. */
export interface ReadOptions extends CallOptions {
  /** The first byte. Default 0. */
  readonly start?: number | undefined
  /** The byte after the last. Default the end of the file. */
  readonly end?: number | undefined
}

/** Options of `readFile`. */
export interface ReadFileOptions extends CallOptions {
  /** The most bytes that the file may have; a larger one is `NET_PROTO_LIMIT`. Default 100 MiB. */
  readonly maxBytes?: number | undefined
}

/** Options of `list` and `walk`. */
export interface ListOptions extends CallOptions {
  /** The most bytes that the server may send for the listing of one folder; more is `NET_PROTO_LIMIT`. Default 16 MiB, about 110,000 entries. */
  readonly maxBytes?: number | undefined
  /** Asks for entries that LIST leaves out at many servers, because their names begin with a dot (`LIST -a`, where the server takes it). MLSD has them always. Default false in `list`, true in `walk`. */
  readonly hidden?: boolean | undefined
}

/** Options of `nlst` and `listRaw`. */
export interface LinesOptions extends CallOptions {
  /** As in `list`. */
  readonly maxBytes?: number | undefined
}

/** Options of `mkdir`. */
export interface MkdirOptions extends CallOptions {
  /** Makes the missing folders above it too; a folder that exists already, or a link to one, is fine. Default false. */
  readonly recursive?: boolean | undefined
}

/** Options of `remove`. */
export interface RemoveOptions extends CallOptions {
  /** A folder with everything in it; links in it are removed and not followed. Default false: a folder must be empty. */
  readonly recursive?: boolean | undefined
}

/** Options of `rename`. */
export interface RenameOptions extends CallOptions {
  /** Replaces what has the new name already. Default false: that is `NET_EXISTS`, and `NET_UNSUPPORTED` where the server cannot say whether the name is free. */
  readonly replace?: boolean | undefined
}

/** Options of `command`. */
export interface CommandOptions extends CallOptions {
  /** Whether a refusal rejects. Default true. */
  readonly check?: boolean | undefined
}
