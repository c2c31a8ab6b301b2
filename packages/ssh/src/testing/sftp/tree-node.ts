/* What a tree in memory is made of. */

import { typeBits, type SftpAttributes, type SftpType } from '../../sftp/attributes.ts'

/** What a tree may hold at first. */
export type SftpContent =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly type: 'pipe' | 'socket' | 'block' | 'character' }

/** A file, a folder or a link. */
export interface TreeNode {
  readonly type: SftpType
  readonly children: Map<string, TreeNode>
  bytes: Buffer
  size: number
  target: string
  mode: number
  uid: number
  gid: number
  accessed: number
  modified: number
  /** What attributes tell in place of the size. */
  told?: number
}

/** A new one, empty. */
export function newNode(type: SftpType, mode: number): TreeNode {
  const time = now()
  return {
    type,
    children: new Map(),
    bytes: Buffer.alloc(0),
    size: 0,
    target: '',
    mode,
    uid: 1000,
    gid: 1000,
    accessed: time,
    modified: time,
  }
}

/** One with this content. */
export function nodeOf(content: SftpContent): TreeNode {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const node = newNode('file', 0o644)
    node.bytes = Buffer.from(content as Uint8Array)
    node.size = node.bytes.length
    return node
  }
  if ('type' in content) return newNode(content.type, 0o644)
  const node = newNode('link', 0o777)
  node.target = bytesOf(content.link)
  return node
}

/** What a server tells of it. */
export function nodeAttributes(node: TreeNode): SftpAttributes {
  const { type, told, size, mode, uid, gid, accessed, modified } = node
  return { size: told ?? size, uid, gid, permissions: typeBits(type) | mode, accessed, modified }
}

/** Sets what is given. */
export function change(node: TreeNode, attributes: SftpAttributes): void {
  const { size, uid, gid, permissions, accessed, modified } = attributes
  if (size !== undefined) resize(node, size)
  if (uid !== undefined) node.uid = uid
  if (gid !== undefined) node.gid = gid
  if (permissions !== undefined) node.mode = permissions & 0o7777
  if (accessed !== undefined) node.accessed = accessed
  if (modified !== undefined) node.modified = modified
}

/** Cuts it, or fills it up with zeros. */
export function resize(node: TreeNode, size: number): void {
  if (size > node.bytes.length) {
    const larger = Buffer.alloc(Math.max(size, 2 * node.bytes.length))
    node.bytes.copy(larger, 0, 0, node.size)
    node.bytes = larger
  }
  if (size < node.size) node.bytes.fill(0, size, node.size)
  node.size = size
}

/** Names are kept as the bytes that they have on the wire. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The time in seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000)
}
