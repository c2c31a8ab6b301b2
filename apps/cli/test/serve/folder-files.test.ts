import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { FolderFiles } from '../../src/serve/folder-files.ts'
import { temporaryFolder } from '../net.ts'

describe('FolderFiles', () => {
  it('has what the folder has, without links', () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in'))
    writeFileSync(join(folder.path, 'in/a.txt'), 'a')
    symlinkSync('/etc', join(folder.path, 'out'))
    expect(new FolderFiles(folder.path).paths()).toEqual(['/in/a.txt'])
  })

  it('writes every change to the folder, and nothing outside of it', () => {
    using folder = temporaryFolder()
    const at = (path: string): string => join(folder.path, path)
    const files = new FolderFiles(folder.path)
    files.mkdir('/in')
    files.write('/in/a', 'ab')
    files.write('/in/a', 'c', { at: 2 })
    files.setMode('/in/a', 0o600)
    expect(readFileSync(at('in/a'), 'utf8')).toBe('abc')
    expect(statSync(at('in/a')).mode & 0o777).toBe(0o600)
    files.rename('/in/a', '/../b')
    expect(readFileSync(at('b'), 'utf8')).toBe('abc')
    files.remove('/b')
    files.remove('/in')
    expect([existsSync(at('b')), existsSync(at('in'))]).toEqual([false, false])
  })

  it('writes nothing to where a link leads that was left out', () => {
    using folder = temporaryFolder()
    using other = temporaryFolder()
    writeFileSync(join(other.path, 'a'), 'precious')
    symlinkSync(join(other.path, 'a'), join(folder.path, 'file'))
    symlinkSync(other.path, join(folder.path, 'folder'))
    const files = new FolderFiles(folder.path)
    files.write('/b', 'x')
    expect(() => files.write('/file', 'x')).toThrow(/link/)
    expect(() => files.mkdir('/folder')).toThrow(/link/)
    expect(() => files.rename('/b', '/folder/a')).toThrow(/link/)
    expect(readFileSync(join(other.path, 'a'), 'utf8')).toBe('precious')
    expect(files.paths()).toEqual(['/b'])
  })

  it('neither removes nor replaces what others have put there meanwhile', () => {
    using folder = temporaryFolder()
    const at = (path: string): string => join(folder.path, path)
    mkdirSync(at('in'))
    writeFileSync(at('a'), 'a')
    const files = new FolderFiles(folder.path)
    writeFileSync(at('in/new'), 'precious')
    writeFileSync(at('new'), 'precious')
    expect(() => files.remove('/in')).toThrow(/not seen/)
    expect(() => files.rename('/a', '/new')).toThrow(/not seen/)
    expect(() => files.write('/new', 'x')).toThrow(/not seen/)
    expect([readFileSync(at('in/new'), 'utf8'), readFileSync(at('new'), 'utf8')]).toEqual([
      'precious',
      'precious',
    ])
    expect([files.exists('/in'), files.exists('/a')]).toEqual([true, true])
  })

  it('leaves a folder alone that others have put in the place of a file, and what they put into one', () => {
    using folder = temporaryFolder()
    const at = (path: string): string => join(folder.path, path)
    mkdirSync(at('in'))
    writeFileSync(at('in/a'), 'a')
    writeFileSync(at('b'), 'b')
    const files = new FolderFiles(folder.path)
    rmSync(at('b'))
    mkdirSync(at('b'))
    writeFileSync(at('b/new'), 'precious')
    writeFileSync(at('in/new'), 'precious')
    expect(() => files.remove('/b')).toThrow(/not seen/)
    expect(() => files.remove('/in', { recursive: true })).toThrow(/not seen/)
    expect([readFileSync(at('b/new'), 'utf8'), readFileSync(at('in/new'), 'utf8')]).toEqual([
      'precious',
      'precious',
    ])
  })
})
