/*
 * One line as servers of VMS, MVS (z/OS), AS/400 and NetWare write it. Sizes in blocks are not sizes in bytes, and are left
 * out; what a date means is not told.
 */

import type { ListedFile } from './listed-file.ts'

/** What the line says, `known` if it only frames the others; undefined if it is of none of these formats. */
export function readMainframeLine(line: string): ListedFile | 'known' | undefined {
  if (FRAMES.some((frame) => frame.test(line))) return 'known'
  return ofVms(line) ?? ofMvs(line) ?? ofMembers(line) ?? ofAs400(line) ?? ofNetWare(line)
}

/** `CORE.DIR;1  1  8-SEP-1996 16:09  [SYSTEM]  (RWE,RWE,RE,RE)`; a long name stands on a line of its own. */
function ofVms(line: string): ListedFile | undefined {
  const { name, owner } = VMS.exec(line)?.groups ?? {}
  if (name === undefined) return undefined
  const folder = /^(.+)\.DIR;\d+$/i.exec(name)?.[1]
  return {
    name: folder ?? name,
    type: folder === undefined ? 'file' : 'folder',
    ...(owner === undefined ? {} : { user: owner }),
  }
}

/** `WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  48-MVS.FILE`: PO is a folder of members. */
function ofMvs(line: string): ListedFile | undefined {
  const { kind, name } = MVS.exec(line)?.groups ?? MIGRATED.exec(line)?.groups ?? {}
  if (name === undefined) return undefined
  return { name, type: kind?.startsWith('PO') === true ? 'folder' : 'file' }
}

/** ` MEMBER1  01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001`. */
function ofMembers(line: string): ListedFile | undefined {
  const { name, owner } = MEMBER.exec(line)?.groups ?? {}
  if (name === undefined || owner === undefined) return undefined
  return { name, type: 'file', user: owner, member: true }
}

/** `QSYS            77824 02/23/00 15:09:55 *DIR       QTEMP/`. */
function ofAs400(line: string): ListedFile | undefined {
  const { owner, size, kind, name } = AS400.exec(line)?.groups ?? {}
  if (name === undefined || owner === undefined || kind === undefined) return undefined
  const isFolder = FOLDERS_400.has(kind) || name.endsWith('/')
  return {
    name: name.replace(/\/$/, ''),
    type: isFolder ? 'folder' : 'file',
    ...(size === undefined || isFolder ? {} : { size: Number(size) }),
    user: owner,
  }
}

/** `- [R----F--] rhesus             214059       Oct 20 15:27    cx.exe`. */
function ofNetWare(line: string): ListedFile | undefined {
  const { kind, owner, size, name } = NETWARE.exec(line)?.groups ?? {}
  if (name === undefined || owner === undefined) return undefined
  const type = kind === 'd' ? 'folder' : 'file'
  return { name, type, ...(type === 'file' ? { size: Number(size) } : {}), user: owner }
}

const FRAMES: readonly RegExp[] = [
  /^Directory [^\s:]{1,80}:?\[[^\]]{0,200}\]\s*$/i,
  /^(?:Grand )?Total of \d{1,9} (?:files?|director(?:y|ies))\b/i,
  // The rest of a long name of VMS.
  /^\s{2,}\d{1,9}(?:\/\d{1,9})?\s+\d{1,2}-[A-Z]{3}-\d{4}\s+\d{1,2}:\d\d/i,
  /^Volume\s+Unit\s+Referred\s+Ext\s/,
  /^\s?Name\s+VV\.MM\s+Created\s/,
]
const VMS =
  /^(?<name>[\w$-]{1,100}\.[\w$-]{0,100};\d{1,5})(?:\s*$|\s{1,60}\d{1,9}(?:\/\d{1,9})?\s{1,20}\d{1,2}-[A-Z]{3}-\d{4}\s{1,10}\d{1,2}:\d\d(?::\d\d(?:\.\d\d)?)?(?:\s{1,20}\[(?<owner>[^\]]{1,60})\])?(?:\s[^]*)?$)/i
const MVS =
  /^\S{1,8}\s{1,10}\S{1,8}\s{1,10}(?:\d{4}\/\d\d\/\d\d|\*\*NONE\*\*)\s{1,10}\d{1,6}\s{1,10}\d{1,8}\s{1,10}\S{1,6}\s{1,10}\d{1,6}\s{1,10}\d{1,6}\s{1,10}(?<kind>P[SOE](?:-E)?|VS|DA)\s{1,10}(?<name>'?[A-Z0-9$#@.-]{1,60}'?)\s*$/
const MIGRATED = /^(?:Migrated|ARCIVE|Pseudo Directory)\s{1,60}(?<name>'?[A-Z0-9$#@.-]{1,60}'?)\s*$/
const MEMBER =
  /^\s?(?<name>[A-Z0-9$#@]{1,8})\s{1,10}\d\d\.\d\d\s\d{4}\/\d\d\/\d\d\s\d{4}\/\d\d\/\d\d\s\d\d:\d\d(?:\s{1,8}\d{1,6}){3}\s(?<owner>\S{1,8})\s*$/
const AS400 =
  /^(?<owner>[A-Z0-9_$#@]{1,10})\s{1,60}(?:(?<size>\d{1,15})\s{1,10}\d\d\/\d\d\/\d\d\s\d\d:\d\d:\d\d\s{1,4})?(?<kind>\*[A-Z0-9]{2,10})\s{1,12}(?<name>\S[^]{0,1000})$/
const FOLDERS_400: ReadonlySet<string> = new Set(['*DIR', '*DDIR', '*FLR', '*LIB'])
const NETWARE =
  /^(?<kind>[d-])\s?\[[A-Z-]{8}\]\s{1,4}(?<owner>\S{1,60})\s{1,60}(?<size>\d{1,15})\s{1,20}[A-Z][a-z]{2}\s{1,3}\d{1,2}\s{1,3}(?:\d\d:\d\d|\d{4})\s{1,8}(?<name>\S[^]*)$/
