/* basic-ftp's reading of listings behind our own words. One line goes in at a time, so that none is lost without a word. */

import { translate } from '@net/core/authoring'
import type { FileInfo } from 'basic-ftp'

import { ftpErrors } from './basic-ftp-errors.ts'
import type { ListedFile } from '../listing/listed-file.ts'

/** Reads one line as Unix and Windows servers write them; undefined for what it does not know. */
export type ReadLine = (line: string) => ListedFile | undefined

/** Loads the engine. */
export async function loadLineReader(): Promise<ReadLine> {
  const { parseList, FileType } = await import('basic-ftp')
  const types = new Map<number, ListedFile['type']>([
    [FileType.File, 'file'],
    [FileType.Directory, 'folder'],
    [FileType.SymbolicLink, 'link'],
  ])
  return (line) => {
    const info = parseOne(parseList, line)
    return info === undefined ? undefined : fileOf(info, types.get(info.type) ?? 'other')
  }
}

function parseOne(parseList: (text: string) => FileInfo[], line: string): FileInfo | undefined {
  // Its last resort takes any line that begins with a blank for a name, and its reading of Windows any that begins with digits.
  if (!UNIX.test(line) && !WINDOWS.test(line)) return undefined
  try {
    return parseList(line)[0]
  } catch (error) {
    if (translate(error, ftpErrors, { protocol: 'ftp' }).code === 'NET_PROTO_MALFORMED')
      return undefined
    throw error
  }
}

function fileOf(info: FileInfo, type: ListedFile['type']): ListedFile {
  const { name, size, permissions, link, user, group } = info
  return {
    name,
    type,
    size,
    ...(permissions === undefined
      ? {}
      : { mode: permissions.user * 64 + permissions.group * 8 + permissions.world }),
    ...(link === undefined ? {} : { target: link }),
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
  }
}

const UNIX = /^[\s\d]*[bcdelfmpSs-][rwxsStTlL-]{8}/
const WINDOWS = /^\d{2,4}[-/.]\d\d[-/.]\d{2,4}\s/
