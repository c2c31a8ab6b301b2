/*
 * Every option of every command, once: its spelling, its help, and how its value is read. Commands name those that they
 * take; the help, the completion and the config file come from here as well.
 */

import { UsageError } from './usage-error.ts'

/** One option. */
export interface OptionSpec<T> {
  /** As commander reads it: `-o, --output <file>`. */
  readonly flags: string
  readonly help: string
  /** Reads one value; absent for a switch. */
  readonly read?: (text: string) => T
  /** Whether it may be given several times. */
  readonly repeats?: boolean
  /** The values that it may have. */
  readonly choices?: readonly string[]
}

function flag(flags: string, help: string): OptionSpec<boolean> {
  return { flags, help }
}

function text(flags: string, help: string): OptionSpec<string> {
  return { flags, help, read: (value) => value }
}

function list(flags: string, help: string): OptionSpec<readonly string[]> {
  return { flags, help, repeats: true, read: (value) => [value] }
}

function oneOf<const C extends readonly string[]>(
  flags: string,
  help: string,
  choices: C,
): OptionSpec<C[number]> {
  return { flags, help: `${help}: ${choices.join(', ')}`, choices, read: (value) => value }
}

/** A whole number. */
function count(flags: string, help: string): OptionSpec<number> {
  return { flags, help, read: (value) => numberOf(value, /^\d+$/, 'a whole number') }
}

/** Seconds, as curl has them, or with a unit: `1.5`, `200ms`, `2m`. Read as milliseconds. */
function time(flags: string, help: string): OptionSpec<number> {
  return {
    flags,
    help,
    read(value) {
      const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value) ?? []
      if (digits === '') throw new UsageError(`${value} is no time: give seconds, or 200ms, 5s, 2m`)
      return Number(digits) * (UNITS_OF_TIME[unit] ?? 1000)
    },
  }
}

/** Bytes, or with a unit: `500k`, `10M`. */
function bytes(flags: string, help: string): OptionSpec<number> {
  return {
    flags,
    help,
    read(value) {
      const [, digits = '', unit = ''] = /^(\d+)([kMG]?)$/.exec(value) ?? []
      if (digits === '') throw new UsageError(`${value} is no size: give bytes, or 500k, 10M, 1G`)
      return Number(digits) * (UNITS_OF_SIZE[unit] ?? 1)
    },
  }
}

/** `true`, a number, or `all`. */
function share(flags: string, help: string): OptionSpec<boolean | number | 'all'> {
  return {
    flags,
    help,
    read: (value) => (value === 'all' ? 'all' : numberOf(value, /^\d+$/, 'a number, or all')),
  }
}

function numberOf(value: string, pattern: RegExp, what: string): number {
  if (!pattern.test(value)) throw new UsageError(`${value} is not ${what}`)
  return Number(value)
}

const UNITS_OF_TIME: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const UNITS_OF_SIZE: Readonly<Record<string, number>> = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** All options, by the name that their value has in a command. */
export const optionTable = {
  // What is shown.
  json: flag('--json', 'prints one JSON object a line, errors too'),
  raw: flag('--raw', 'prints control characters of peers as they are, also on a terminal'),
  progress: flag('--progress', 'shows progress as whole lines where stderr is no terminal'),
  silent: flag('-s, --silent', 'prints errors and nothing else on stderr'),
  log: oneOf('--log <level>', 'logs every operation on stderr', [
    'trace',
    'debug',
    'info',
    'warn',
    'error',
  ]),
  timing: flag('--timing', 'prints where the time went, as a waterfall'),
  dryRun: flag('--dry-run', 'changes nothing and prints what would be done'),

  // The road, and how long.
  via: list('--via <url>', 'goes through socks5://…, http://… or ssh://…; several are a chain'),
  proxy: text('-x, --proxy <url>', 'goes through this proxy'),
  maxTime: time('-m, --max-time <seconds>', 'ends the whole run after that time'),
  connectTimeout: time('--connect-timeout <seconds>', 'how long a connection may take to open'),
  retry: count('--retry <n>', 'repeats what failed and may be repeated up to n times'),

  // Who we are, and whom we trust.
  user: text('-u, --user <name>', 'who logs in; the password never stands in the arguments'),
  passwordFile: text('--password-file <file>', 'reads the password from a file of mode 600'),
  netrc: flag('-n, --netrc', 'logs in to HTTP servers that the netrc file names'),
  key: text('--key <file>', 'a private key: of SSH, or of --cert'),
  cert: text('--cert <file>', 'a certificate to show to the server, PEM'),
  cacert: text('--cacert <file>', 'trusts these authorities and no others, PEM'),
  pin: list('--pin <fingerprint>', 'trusts this host key (SHA256:…) and no other'),
  acceptNew: flag('--accept-new', 'trusts and remembers the key of an SSH host never seen before'),
  knownHosts: text('--known-hosts <file>', 'reads and remembers host keys there'),
  sshConfig: text(
    '--ssh-config <file>',
    'reads this file in place of ~/.ssh/config; none for none',
  ),
  dangerouslySkipVerification: flag(
    '--dangerously-skip-verification',
    'takes any certificate: anyone on the way can read and change everything',
  ),
  dangerouslyAcceptAnyHostKey: flag(
    '--dangerously-accept-any-host-key',
    'takes any host key: anyone on the way can read and change everything',
  ),
  dangerouslyAllowPlaintextAuth: flag(
    '--dangerously-allow-plaintext-auth',
    'sends the password in clear',
  ),

  // Requests.
  request: text('-X, --request <method>', 'the method'),
  header: list('-H, --header <line>', 'adds a header field, Name: value; @file reads lines'),
  data: list('-d, --data <text>', 'sends form data; @file reads a file, @- standard input'),
  dataBinary: text('--data-binary <text>', 'sends this as it is; @file reads a file, @- stdin'),
  form: list('-F, --form <field>', 'adds a field of a form: name=value, name=@file, name=<file'),
  include: flag('-i, --include', 'prints the status and the header fields first'),
  location: flag('-L, --location', 'follows redirects'),
  http2: flag('--http2', 'speaks HTTP/2 where the server does'),

  // Files.
  output: text('-o, --output <file>', 'writes there; - is standard output'),
  save: flag('-O, --save', 'saves under the last part of the URL'),
  remoteName: flag('-J, --remote-name', 'saves under the name that the server gives'),
  force: flag('--force', 'replaces a file that is there'),
  resume: flag('--resume', 'goes on where an earlier run was cut off; what is complete stays'),
  recursive: flag('-r, --recursive', 'folders with everything in them'),
  parents: flag('-p, --parents', 'makes the folders above as well; one that is there is no error'),
  glob: flag('--glob', 'takes the last part of a path for a pattern'),
  secretName: list('--secret-name <name>', 'shows no values of fields of this name'),
  yes: flag('-y, --yes', 'does not ask'),
  long: flag('-l, --long', 'types, sizes and times'),
  all: flag('-a, --all', 'names that begin with a dot, too'),
  url: flag('--url', 'prints whole URLs, which every command takes again'),
  exclude: list('--exclude <pattern>', 'leaves these out on both sides, as in .gitignore'),
  only: list('--include-only <pattern>', 'leaves all others out'),
  compare: oneOf('--compare <how>', 'what makes two files the same', ['time', 'size', 'hash']),
  verify: oneOf('--verify <how>', 'what a copy must agree in', ['hash', 'size']),
  links: oneOf('--links <rule>', 'what becomes of links', ['skip', 'keep', 'follow']),
  modes: flag('--modes', 'compares and copies modes, too'),
  newer: flag('--newer', 'replaces only what is newer in the source'),
  delete: share(
    '--delete [limit]',
    'removes what the source has not; more than half needs a number or all',
  ),
  state: text('--state <file>', 'keeps there what was seen, for servers that cannot keep times'),
  concurrency: count('-j, --concurrency <n>', 'how many files at a time'),
  bandwidth: bytes('--bandwidth <bytes>', 'at most so many bytes a second'),

  // Mail.
  from: text('--from <address>', 'who it is from'),
  to: list('--to <address>', 'who gets it'),
  cc: list('--cc <address>', 'who gets a copy'),
  bcc: list('--bcc <address>', 'who gets a copy that the others do not see'),
  subject: text('--subject <text>', 'the subject'),
  text: text('--text <text>', 'the text; without it standard input is read; @file reads a file'),
  html: text('--html <text>', 'the text as HTML; @file reads a file'),
  attach: list('--attach <file>', 'attaches a file'),

  // SSH.
  tty: flag('-t, --tty', 'gives the command a terminal'),
  environment: list('-e, --env <name=value>', 'sets a variable of the command'),
  stdin: flag('--stdin', 'gives standard input to the command'),
  local: list('-L, --local <at=target>', 'port here to address there, 8080=db.internal:5432'),
  remote: list('-R, --remote <at=target>', 'port there to address here'),
  dynamic: list('-D, --dynamic <at>', 'a SOCKS proxy here whose connections leave there'),

  // Sockets and names.
  keep: flag('-k, --keep', 'serves one connection after the other'),
  echo: flag('--echo', 'sends back what arrives'),
  reverse: flag('--reverse', 'from addresses to names'),
  family: oneOf('--family <n>', 'addresses of this family alone', ['4', '6']),
  servername: text('--servername <name>', 'the name that the certificate is asked for'),
  count: count('-c, --count <n>', 'how many times'),
  interval: time('--interval <seconds>', 'how long between two'),

  // Servers.
  login: list(
    '--user <name:password>',
    'who may log in; default anyone, for ssh and sftp ada:lovelace',
  ),
  tls: flag('--tls', 'speaks TLS, with a certificate of its own'),
  fail: list('--fail <fault>', 'what goes wrong: RETR:reset@1000, STOR:552 No space, .:stall'),
  delay: time('--delay <time>', 'answers that much later'),
  like: text('--like <server>', 'has the manners of vsftpd, proftpd, pure-ftpd, openssh, …'),
} as const satisfies Readonly<Record<string, OptionSpec<unknown>>>

/** The name of an option. */
export type OptionName = keyof typeof optionTable

type ValueOf<S> = S extends OptionSpec<infer T> ? T : never

/** The values that a command got; those of switches are true. */
export type OptionValues = {
  readonly [K in OptionName]?: ValueOf<(typeof optionTable)[K]> | undefined
}

/** The long spelling of an option, without dashes: `max-time`. */
export function longNameOf(name: OptionName): string {
  return /--([\w-]+)/.exec(optionTable[name].flags)?.[1] ?? name
}
