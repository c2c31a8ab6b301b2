import * as ftp from '@net/ftp'
import * as http from '@net/http'
import { connect } from '@net/socket'
import { expect, test } from 'vitest'

import { startServers } from '../../src/lab/embedded-servers.ts'

test('a server of every protocol is up, takes the login that is told, and ends', async () => {
  const servers = await startServers()
  const { login, tls } = servers
  expect(await http.get(`${servers.http.url}/posts`).json()).toEqual([{ id: 1, title: 'Hello' }])
  await using partner = await ftp.connect(servers.ftp.url, { ...login, tls })
  expect(await partner.exists('in/report.csv')).toBe(true)
  await partner.close()
  const { url } = servers.echo
  await servers[Symbol.asyncDispose]()
  await expect(connect(url)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
})
