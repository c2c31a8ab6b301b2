/* The way of a small file between two trees of this package: all its steps in one go, where a call for each costs more than the work. */

import type {
  RemoteCopyOptions,
  RemoteEntry,
  RemoteFiles,
  RemoteRenameOptions,
  RemoteWriteOptions,
  Source,
} from '@net/core'

import type { OwnFile } from './part-file.ts'

/** A way between two trees. Its end lets go of what it holds. */
export interface ShortRoad extends AsyncDisposable {
  /** Whether `carryNow` is of use here. */
  readonly isQuick: boolean
  /** Copies the file, verifies it and gives it its name; undefined where it has to go the long way. */
  carry(file: CarriedFile): Promise<RemoteEntry | undefined>
  /** What is to be waited for before `carryNow`: the folders of the file, the turn of others. Undefined for nothing. */
  enter(file: CarriedFile): Promise<void> | undefined
  /** The same as `carry`, here and now, behind `enter`. */
  carryNow(file: CarriedFile): RemoteEntry | undefined
}

/** A file and where it goes. */
export interface CarriedFile {
  /** Its path in the source's tree. */
  readonly from: string
  /** Its path in the target's tree, and that of its part. */
  readonly to: string
  readonly part: string
  /** What the source was found to be. */
  readonly source: RemoteEntry
  /** Undefined for that of the source. */
  readonly mode: number | undefined
  /** Undefined for the time of the copy. */
  readonly modified: number | undefined
}

/** A tree that may have short roads from others. */
export interface RoadTree {
  [ROAD](from: RemoteFiles): ShortRoad | undefined
  write(path: string, source: Source, options?: OwnWriteOptions): Promise<void>
  copyWithin(from: string, to: string, options?: OwnCopyOptions): Promise<void>
  rename(from: string, to: string, options?: OwnRenameOptions): Promise<void>
}

/** How a tree of this machine copies a file into the one that its caller means. */
export type OwnCopyOptions = RemoteCopyOptions & OwnFile

/** How a tree of this machine renames a file, which has to be the one that its caller means. */
export type OwnRenameOptions = RemoteRenameOptions & OwnFile

/** How a tree of this machine writes a file. */
export interface OwnWriteOptions extends RemoteWriteOptions, OwnFile {
  /** With which permissions a file is made; the mask of the process takes some away. */
  readonly mode?: number | undefined
}

/** The short road between the trees, if there is one. */
export function roadBetween(from: RemoteFiles, to: RemoteFiles): ShortRoad | undefined {
  return hasRoads(to) ? to[ROAD](from) : undefined
}

/** Whether it is a tree of this machine, where a step more costs next to nothing. */
export function hasRoads(files: object): files is RoadTree {
  return ROAD in files
}

/** The name of the method, the same for every installed copy of this package. */
export const ROAD: unique symbol = Symbol.for('net.files.road')
