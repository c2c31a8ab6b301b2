/*
 * Every command: what it is called, what it takes, and where its work is. The work itself is loaded only when the command
 * runs. The help and the completion come from here.
 */

import type { CommandRun } from './call.ts'
import type { OptionName } from './option-table.ts'

/** One command. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  /** As commander reads it: `<source> <target>`, `[url...]`. */
  readonly args: string
  /** How it is shown, where that says more. */
  readonly usage?: string
  readonly options: readonly OptionName[]
  /** Lines behind the help. */
  readonly notes?: readonly string[]
  /** Everything behind the first argument is that of another program. */
  readonly passesOn?: boolean
  /** It changes something, or its exit code is an answer: a reader of its output that leaves is no end of it. */
  readonly isMoreThanOutput?: boolean
  readonly load: () => Promise<CommandRun>
}

const SHOWN: readonly OptionName[] = ['json', 'raw', 'silent', 'log', 'timing', 'maxTime']
const TLS: readonly OptionName[] = ['cacert', 'cert', 'key', 'dangerouslySkipVerification']
const LOGIN: readonly OptionName[] = ['user', 'passwordFile']
const HOST_KEYS: readonly OptionName[] = [
  'acceptNew',
  'knownHosts',
  'pin',
  'sshConfig',
  'dangerouslyAcceptAnyHostKey',
]
// A road may lead over SSH hosts.
const ROAD: readonly OptionName[] = ['via', 'proxy', 'connectTimeout', 'retry', ...HOST_KEYS]
const SSH: readonly OptionName[] = [...SHOWN, ...ROAD, ...LOGIN, 'key']
const SERVERS: readonly OptionName[] = [
  ...SHOWN,
  ...ROAD,
  ...LOGIN,
  ...TLS,
  'dangerouslyAllowPlaintextAuth',
]
const WEB: readonly OptionName[] = [
  ...SERVERS,
  'progress',
  'netrc',
  'request',
  'header',
  'include',
  'location',
  'http2',
  'dryRun',
]
const SAVING: readonly OptionName[] = ['output', 'save', 'remoteName', 'force', 'resume']
const BODY: readonly OptionName[] = ['data', 'dataBinary', 'form']
const TREES: readonly OptionName[] = [
  ...SERVERS,
  'progress',
  'exclude',
  'only',
  'compare',
  'links',
  'modes',
  'concurrency',
]
const MOVES: readonly OptionName[] = [...TREES, 'dryRun', 'newer', 'verify', 'bandwidth']

const FILE_NOTES: readonly string[] = [
  'A URL of ftp:, ftps:, sftp:, http: or https: is on that server, everything else is a local file, by its literal name.',
  'Paths of ftp: begin at the login folder, those of sftp: at the root; %2F in front is the root, /~/ the login folder.',
]

/** All commands, in the order of the help. */
export const commandTable: readonly CommandSpec[] = [
  {
    name: 'get',
    summary: 'fetches a document from http(s), ftp(s) or sftp',
    args: '<url...>',
    options: [...WEB, ...SAVING],
    load: async () => (await import('./commands/get.ts')).get,
  },
  {
    name: 'head',
    summary: 'prints what a server says of a document, without the document',
    args: '<url>',
    options: WEB,
    load: async () => (await import('./commands/head.ts')).head,
  },
  {
    name: 'post',
    summary: 'sends data to a URL and prints the answer',
    args: '<url>',
    options: [...WEB, ...BODY, ...SAVING],
    load: async () => (await import('./commands/post.ts')).post,
  },
  {
    name: 'ls',
    summary: 'lists folders and files',
    args: '[place...]',
    options: [...SERVERS, 'long', 'all', 'recursive', 'url', 'glob'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/ls.ts')).ls,
  },
  {
    name: 'cat',
    summary: 'prints files one after the other',
    args: '<place...>',
    options: [...SERVERS, 'netrc', 'glob'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/cat.ts')).cat,
  },
  {
    name: 'cp',
    isMoreThanOutput: true,
    summary: 'copies files and folders between any two places',
    args: '<place...>',
    usage: '[options] <source...> <target>',
    options: [...MOVES, 'recursive', 'netrc'],
    notes: [...FILE_NOTES, 'The source - is standard input. A copy goes where cp would put it.'],
    load: async () => (await import('./commands/cp.ts')).cp,
  },
  {
    name: 'mv',
    isMoreThanOutput: true,
    summary: 'moves or renames files and folders',
    args: '<place...>',
    usage: '[options] <source...> <target>',
    options: [...MOVES, 'force'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/mv.ts')).mv,
  },
  {
    name: 'rm',
    isMoreThanOutput: true,
    summary: 'removes files, and with -r folders',
    args: '<place...>',
    options: [...SERVERS, 'recursive', 'glob', 'yes', 'dryRun'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/rm.ts')).rm,
  },
  {
    name: 'mkdir',
    isMoreThanOutput: true,
    summary: 'makes folders',
    args: '<place...>',
    options: [...SERVERS, 'parents', 'dryRun'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/mkdir.ts')).mkdir,
  },
  {
    name: 'mirror',
    isMoreThanOutput: true,
    summary: 'makes one folder like another',
    args: '<source> <target>',
    options: [...MOVES, 'delete', 'state'],
    notes: FILE_NOTES,
    load: async () => (await import('./commands/mirror.ts')).mirror,
  },
  {
    name: 'diff',
    isMoreThanOutput: true,
    summary: 'says in what two folders differ; exit code 1 if they do',
    args: '<one> <other>',
    options: TREES,
    notes: FILE_NOTES,
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'send',
    summary: 'sends a mail',
    args: '<url>',
    options: [
      ...SHOWN,
      ...ROAD,
      ...LOGIN,
      ...TLS,
      'dangerouslyAllowPlaintextAuth',
      'from',
      'to',
      'cc',
      'bcc',
      'subject',
      'text',
      'html',
      'attach',
      'header',
    ],
    load: async () => (await import('./commands/send.ts')).send,
  },
  {
    name: 'exec',
    summary: 'runs a command on a host, and ends with its exit code',
    args: '<host> <command...>',
    options: [...SSH, 'stdin', 'tty', 'environment'],
    passesOn: true,
    notes: ['One word is a command line for the shell there; several are passed on word by word.'],
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  {
    name: 'shell',
    summary: 'opens a shell on a host',
    args: '<host>',
    options: SSH,
    load: async () => (await import('./commands/shell.ts')).shell,
  },
  {
    name: 'tunnel',
    summary: 'forwards ports over SSH until it is ended',
    args: '<host>',
    options: [...SSH, 'local', 'remote', 'dynamic'],
    load: async () => (await import('./commands/tunnel.ts')).tunnel,
  },
  {
    name: 'nc',
    summary: 'joins standard input and output to a connection',
    args: '<url>',
    options: [...SHOWN, ...ROAD, ...TLS, 'servername'],
    notes: ['The URL is tcp://host:port, tls://host:port, unix:/path or udp://host:port.'],
    load: async () => (await import('./commands/nc.ts')).nc,
  },
  {
    name: 'listen',
    summary: 'waits for a connection and joins it to standard input and output',
    args: '<url>',
    options: [...SHOWN, 'keep', 'echo', 'cert', 'key'],
    load: async () => (await import('./commands/listen.ts')).listen,
  },
  {
    name: 'serve',
    summary: 'runs a server for tests on this machine, well-behaved or not',
    args: '<kind> [folder]',
    options: [...SHOWN, 'login', 'tls', 'fail', 'delay', 'like'],
    notes: [
      'Kinds: ftp, sftp, ssh, smtp, http, socks, echo. The first line of output is JSON and has the url.',
      'A fault is <what>:<action>[@bytes][*times]; actions are drop, reset, stall, half-close, garbage, a time, or a reply.',
      'It happens once, with *3 three times, with *all each time. The what of smtp may be ., the end of a mail.',
      'smtp offers a login with --user alone.',
    ],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'queue',
    summary: 'looks at the jobs of a queue, puts them back, or drops those that wait',
    args: '<ls|show|retry|drain> <url> <name> [id...]',
    options: [...SHOWN, 'yes', 'secretName'],
    notes: [
      'The URL is file:queue.db, redis://host:6379 or rediss://host; NET_PASSWORD is the password of Redis.',
      'retry without ids puts back all failed jobs; those whose outcome is unknown are put back by their ids.',
      'Fields whose names say that they are secret, such as token and password, print as [secret].',
    ],
    load: async () => (await import('./commands/queue.ts')).queue,
  },
  {
    name: 'resolve',
    summary: 'finds the addresses of names',
    args: '<name...>',
    options: [...SHOWN, 'reverse', 'family'],
    load: async () => (await import('./commands/resolve.ts')).resolve,
  },
  {
    name: 'tls',
    summary: 'shows the certificates of a server, and whether they are trusted',
    args: '<host:port>',
    options: [...SHOWN, ...ROAD, 'key', 'cacert', 'servername'],
    load: async () => (await import('./commands/tls.ts')).tls,
  },
  {
    name: 'ping',
    summary: 'measures how long connecting takes',
    args: '<host:port>',
    options: [...SHOWN, ...ROAD, 'key', 'count', 'interval'],
    load: async () => (await import('./commands/ping.ts')).ping,
  },
  {
    name: 'completion',
    summary: 'prints what makes a shell complete commands and options',
    args: '<bash|zsh|fish>',
    options: [],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
]
