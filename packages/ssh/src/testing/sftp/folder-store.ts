/*
 * A folder of this machine as what an SFTP server serves. Nothing outside of it can be reached: each path is resolved, with
 * its links, and must lie within.
 */

import { constants } from 'node:fs'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  type FileHandle,
} from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { dirname, join, sep } from 'node:path'

import { isError } from '@net/core/authoring'

import type { SftpAttributes } from '../../sftp/attributes.ts'
import {
  StoreError,
  type SftpStore,
  type StoredEntry,
  type StoredFile,
  type StoreFault,
  type StoreOpening,
} from './sftp-store.ts'

/** A folder. */
export class FolderStore implements SftpStore {
  readonly home: string = '/'
  readonly #root: Promise<string>

  constructor(folder: string) {
    this.#root = realpath(folder)
    this.#root.catch(() => {})
  }

  open(path: string, how: StoreOpening): Promise<StoredFile> {
    return translated(async () => {
      const flags =
        (how.reads && how.writes ? constants.O_RDWR : how.writes ? constants.O_WRONLY : 0) |
        (how.creates ? constants.O_CREAT : 0) |
        (how.exclusive ? constants.O_EXCL : 0) |
        (how.truncates ? constants.O_TRUNC : 0) |
        (how.appends ? constants.O_APPEND : 0)
      return new FolderFile(await open(await this.#at(path, true), flags, how.mode))
    })
  }

  list(path: string): Promise<readonly StoredEntry[]> {
    return translated(async () => {
      const folder = await this.#at(path, true)
      const names = await readdir(Buffer.from(folder), { encoding: 'buffer' })
      return Promise.all(
        names.map(async (name) => ({
          name: name.toString('latin1'),
          attributes: nodeAttributes(
            await lstat(Buffer.concat([Buffer.from(`${folder}${sep}`), name])),
          ),
        })),
      )
    })
  }

  stat(path: string, follow: boolean): Promise<SftpAttributes> {
    return translated(async () => {
      const at = await this.#at(path, follow)
      return nodeAttributes(await (follow ? stat(at) : lstat(at)))
    })
  }

  set(path: string, attributes: SftpAttributes): Promise<void> {
    return translated(async () => {
      const at = await this.#at(path, true)
      const { size, uid, gid, permissions, accessed, modified } = attributes
      if (size !== undefined) await truncate(at, size)
      if (uid !== undefined && gid !== undefined) await chown(at, uid, gid)
      if (permissions !== undefined) await chmod(at, permissions & 0o7777)
      if (modified !== undefined) await utimes(at, accessed ?? modified, modified)
    })
  }

  mkdir(path: string, mode: number | undefined): Promise<void> {
    return translated(async () => {
      await mkdir(await this.#at(path, false), { mode })
    })
  }

  remove(path: string): Promise<void> {
    return translated(async () => unlink(await this.#at(path, false)))
  }

  rmdir(path: string): Promise<void> {
    return translated(async () => rmdir(await this.#at(path, false)))
  }

  rename(from: string, to: string, replace: boolean): Promise<void> {
    return translated(async () => {
      const [old, fresh] = [await this.#at(from, false), await this.#at(to, false)]
      if (replace) await rename(old, fresh)
      else {
        if (
          await lstat(fresh).then(
            () => true,
            () => false,
          )
        )
          throw new StoreError('exists')
        await rename(old, fresh)
      }
    })
  }

  readLink(path: string): Promise<string> {
    return translated(async () => {
      const target = await readlink(await this.#at(path, false), { encoding: 'buffer' })
      return target.toString('latin1')
    })
  }

  realPath(path: string): Promise<string> {
    return translated(async () => {
      const root = await this.#root
      const at = await this.#at(path, true)
      return Buffer.from(at.slice(root.length) || '/').toString('latin1')
    })
  }

  symlink(target: string, path: string): Promise<void> {
    return translated(async () =>
      symlink(Buffer.from(target, 'latin1'), await this.#at(path, false)),
    )
  }

  link(from: string, to: string): Promise<void> {
    return translated(async () => link(await this.#at(from, false), await this.#at(to, false)))
  }

  /** Where the path is on this machine. Throws `missing` for what lies outside. */
  async #at(path: string, follow: boolean): Promise<string> {
    const root = await this.#root
    const whole = join(root, Buffer.from(path, 'latin1').toString('utf8'))
    if (whole === root) return whole
    const above = await realpath(dirname(whole))
    const at = join(above, whole.slice(dirname(whole).length))
    const end = follow ? await realpath(at).catch(() => at) : at
    if (!isInside(root, above) || !isInside(root, end)) throw new StoreError('missing')
    return end
  }
}

class FolderFile implements StoredFile {
  readonly #file: FileHandle

  constructor(file: FileHandle) {
    this.#file = file
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return translated(async () => {
      const memory = Buffer.alloc(length)
      const { bytesRead } = await this.#file.read(memory, 0, length, offset)
      return memory.subarray(0, bytesRead)
    })
  }

  write(offset: number, data: Uint8Array): Promise<void> {
    return translated(async () => {
      for (let at = 0; at < data.length;) {
        const { bytesWritten } = await this.#file.write(data, at, data.length - at, offset + at)
        at += bytesWritten
      }
    })
  }

  stat(): Promise<SftpAttributes> {
    return translated(async () => nodeAttributes(await this.#file.stat()))
  }

  set({ size, permissions, accessed, modified }: SftpAttributes): Promise<void> {
    return translated(async () => {
      if (size !== undefined) await this.#file.truncate(size)
      if (permissions !== undefined) await this.#file.chmod(permissions & 0o7777)
      if (modified !== undefined) await this.#file.utimes(accessed ?? modified, modified)
    })
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

function nodeAttributes(found: Stats): SftpAttributes {
  return {
    size: found.size,
    uid: found.uid,
    gid: found.gid,
    permissions: found.mode,
    accessed: Math.floor(found.atimeMs / 1000),
    modified: Math.floor(found.mtimeMs / 1000),
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError) throw error
    const code: unknown = isError(error) ? Reflect.get(error, 'code') : undefined
    throw new StoreError(typeof code === 'string' ? (FAULTS[code] ?? 'failed') : 'failed')
  }
}

const FAULTS: Readonly<Record<string, StoreFault>> = {
  EACCES: 'denied',
  EBADF: 'wrongMode',
  EEXIST: 'exists',
  EINVAL: 'notLink',
  EISDIR: 'isFolder',
  ELOOP: 'missing',
  ENAMETOOLONG: 'badName',
  ENOENT: 'missing',
  ENOSPC: 'full',
  ENOTDIR: 'notFolder',
  ENOTEMPTY: 'notEmpty',
  EPERM: 'denied',
}
