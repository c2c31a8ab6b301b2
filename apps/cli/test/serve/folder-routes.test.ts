import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { describe, expect, it } from 'vitest'

import { escapedHtml, folderRoutes } from '../../src/serve/folder-routes.ts'
import { temporaryFolder } from '../net.ts'

describe('folderRoutes', () => {
  it('serves files with type and ranges, and folders as lists', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in'))
    writeFileSync(join(folder.path, 'in/a <b>.txt'), 'hello')
    await using server = await startHttpServer({ routes: folderRoutes(folder.path) })
    const file = await http.get(`${server.url}/in/a%20%3Cb%3E.txt`, {
      headers: { range: 'bytes=1-2' },
    })
    expect([file.status, await file.text()]).toEqual([206, 'el'])
    expect(file.headers.get('content-type')).toContain('text/plain')
    const list = await http.get(`${server.url}/in/`).text()
    expect(list).toContain('<a href="a%20%3Cb%3E.txt">a &#60;b&#62;.txt</a>')
    expect(await http.get(`${server.url}/`).text()).toContain('<a href="in/">')
  })

  it('answers 404 for what is not there or not within the folder', async () => {
    using folder = temporaryFolder()
    symlinkSync('/etc/hostname', join(folder.path, 'link'))
    await using server = await startHttpServer({ routes: folderRoutes(folder.path) })
    for (const path of [
      '/none',
      '/link',
      '/%2e%2e/%2e%2e/etc/hostname',
      '/..%2f..%2fetc',
      '/%E0%A4',
    ]) {
      const { status } = await http.get(server.url + path, { throwHttpErrors: false })
      expect([path, status]).toEqual([path, 404])
    }
  })
})

describe('escapedHtml', () => {
  it('leaves no markup', () => {
    expect(escapedHtml(`<a href="x">&'`)).not.toMatch(/[<>"']/)
  })
})
