import { HttpHeaders } from '@net/http'
import { describe, expect, it } from 'vitest'

import { nameInHeader, nameInUrl } from '../../src/web/saved-name.ts'

describe('nameInUrl', () => {
  it.each([
    ['https://h/a/file.iso?key=1#x', 'file.iso'],
    ['https://h/a%20b.txt', 'a b.txt'],
    ['https://h/100%25', '100%'],
  ])('takes the last part of %s', (url, name) => expect(nameInUrl(url)).toBe(name))

  it.each([
    'https://h',
    'https://h/a/',
    'https://h/%2e%2e',
    'https://h/.profile',
    'https://h/CON',
    'https://h/a%1b',
  ])('finds no name in %s', (url) => expect(() => nameInUrl(url)).toThrow('names no file'))
})

describe('nameInHeader', () => {
  it.each([
    ['attachment; filename=a.txt', 'a.txt'],
    ['attachment; filename="a b.txt"', 'a b.txt'],
    ['attachment; filename="a\\"b.txt"', 'a"b.txt'],
    ['attachment; filename=a.txt;', 'a.txt'],
    ['attachment;filename=a.txt', 'a.txt'],
    ['ATTACHMENT; FILENAME=a.txt', 'a.txt'],
    ["attachment; filename=b; filename*=UTF-8''%c3%a4.txt", 'ä.txt'],
    ["attachment; filename*=utf-8''a%20b.txt; filename=c", 'a b.txt'],
    ["attachment; filename*=UTF-8''..%2Fx", 'x'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\a.txt"', 'a.txt'],
    ['attachment; filename=100%25.txt', '100%.txt'],
    ['attachment; filename="100%25.txt"', '100%25.txt'],
    ['inline; filename = a.txt', 'a.txt'],
    ['attachment', undefined],
    ['', undefined],
    ['attachment; filename=', undefined],
    ['attachment; filename=""', undefined],
    ['attachment; filename=".."', undefined],
    ['attachment; filename=".bashrc"', undefined],
    ['attachment; filename=NUL', undefined],
    ['attachment; filename="con.txt"', undefined],
    ['attachment; filename="a/"', undefined],
    ['attachment; name=a.txt', undefined],
    ["attachment; filename*=UTF-8''%E0%A4", '%E0%A4'],
  ])('takes %j for %j', (header, name) => {
    expect(nameInHeader(new HttpHeaders({ 'content-disposition': header }))).toBe(name)
  })
})
