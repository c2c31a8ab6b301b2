/* 400 lines of listings of 20 kinds of servers, each with its entry: every kind with every name that it can write. */

/** A line and what it says. */
export interface CorpusLine {
  readonly kind: string
  readonly line: string
  readonly name: string
  readonly type: 'file' | 'folder' | 'link'
  readonly size?: number
}

interface Kind {
  readonly type: CorpusLine['type']
  readonly size?: number
  /** Whether names are short, in capitals, and without blanks. */
  readonly plain?: true
  line(name: string): string
}

const NAMES = [
  'a',
  'report.csv',
  'two words.txt',
  'three  blanks',
  'a -b- c',
  '2026-11-29.log',
  '12:30 notes',
  '1024',
  '[brackets]',
  '#hash',
  '%41',
  'comma, dot.',
  'étude.txt',
  '日本語',
  'Jan 5 2020 old',
  '100 Mar 1 2020 x',
  '.hidden',
  '-rf',
  '~',
  "quote's",
]
const PLAIN = Array.from({ length: 20 }, (_, at) => `F${at}X${'ABCD'.slice(0, at % 5)}`)

const KINDS: Readonly<Record<string, Kind>> = {
  'unix, year': {
    type: 'file',
    size: 1024,
    line: (n) => `-rw-r--r--   1 joe      staff        1024 Jan 12  2020 ${n}`,
  },
  'unix, hour': {
    type: 'file',
    size: 7,
    line: (n) => `-rw-r--r-- 1 joe staff 7 Nov  9 09:15 ${n}`,
  },
  'unix, folder': {
    type: 'folder',
    size: 4096,
    line: (n) => `drwxr-xr-x   2 ftp      ftp          4096 Nov 29 09:15 ${n}`,
  },
  'unix, SELinux and ACL': {
    type: 'file',
    size: 5,
    line: (n) => `-rw-rw-r--+  1 joe staff 5 Mar  3 2021 ${n}`,
  },
  'unix, long owner': {
    type: 'file',
    size: 52_428_800,
    line: (n) => `-rw-r--r--   1 www-data www-data 52428800 Nov 29 09:10 ${n}`,
  },
  'unix, ids': { type: 'file', size: 12, line: (n) => `-r--r--r-- 1 0 0 12 Dec 31 1999 ${n}` },
  'unix, German months': {
    type: 'file',
    size: 3,
    line: (n) => `-rw-r--r-- 1 a b 3 Mär 01 2020 ${n}`,
  },
  'unix, French months': {
    type: 'file',
    size: 3,
    line: (n) => `-rw-r--r-- 1 a b 3 janv. 05 2020 ${n}`,
  },
  'unix, Japanese': { type: 'file', size: 3, line: (n) => `-rw-r--r-- 1 a b 3 1月 05 2020 ${n}` },
  'unix, ISO dates': {
    type: 'file',
    size: 99,
    line: (n) => `-rw-r--r-- 1 a b 99 2020-01-05 10:11 ${n}`,
  },
  'unix, day before month': {
    type: 'file',
    size: 4,
    line: (n) => `-rw-r--r-- 1 a b 4 05 Jan 2020 ${n}`,
  },
  'IIS, file': {
    type: 'file',
    size: 50_000,
    line: (n) => `12-05-96  05:03PM               50000 ${n}`,
  },
  'IIS, folder': { type: 'folder', line: (n) => `02-05-97  04:47PM       <DIR>          ${n}` },
  'IIS, 4 digits and 24 hours': {
    type: 'file',
    size: 7,
    line: (n) => `2020-01-05  17:03                    7 ${n}`,
  },
  EPLF: { type: 'file', size: 10, line: (n) => `+i8388621.48594,m825718503,r,s10,\t${n}` },
  'EPLF, folder': { type: 'folder', line: (n) => `+i8388621.50690,m824255907,/,\t${n}` },
  VMS: {
    type: 'file',
    plain: true,
    line: (n) =>
      `${n}.TXT;3          213/216  29-JAN-1996 03:33:12  [ANONYMOU,ANONYMOUS]   (RWED,RWED,,)`,
  },
  MVS: {
    type: 'file',
    plain: true,
    line: (n) => `WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  ${n}`,
  },
  'AS/400': {
    type: 'file',
    size: 77_824,
    plain: true,
    line: (n) => `QSYS            77824 02/23/00 15:09:55 *STMF      ${n}`,
  },
  NetWare: {
    type: 'file',
    size: 214_059,
    plain: true,
    line: (n) => `- [R----F--] rhesus             214059       Oct 20 15:27    ${n}`,
  },
}

/** The lines. */
export const corpus: readonly CorpusLine[] = Object.entries(KINDS).flatMap(
  ([kind, { type, size, plain, line }]) =>
    (plain === undefined ? NAMES : PLAIN).map((name) => ({
      kind,
      line: line(name),
      name: kind === 'VMS' ? `${name}.TXT;3` : name,
      type,
      ...(size === undefined ? {} : { size }),
    })),
)
