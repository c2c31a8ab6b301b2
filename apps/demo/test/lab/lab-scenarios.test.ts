import { isNetError } from '@net/core'
import { expect, test } from 'vitest'

import { startServers } from '../../src/lab/embedded-servers.ts'
import { labScenarios } from '../../src/lab/lab-scenarios.ts'

test('every scenario does what it says on the servers of the lab, and shows the code that ran', async () => {
  await using servers = await startServers()
  const told: Record<string, string> = {}
  for (const { name, code, run } of labScenarios(servers)) {
    const lines: string[] = []
    try {
      await run((line) => lines.push(line))
    } catch (error) {
      if (!isNetError(error)) throw error
      lines.push(error.code)
    }
    told[name] = lines.join('; ')
    expect(code).toMatch(/^async run\(.+\) \{\n/u)
  }
  expect(told).toMatchObject({
    'http-get': '{"id":1,"title":"Hello","tags":["a","b"]}',
    'http-many': '500 bodies',
    'http-missing': 'NET_NOT_FOUND',
    'ftp-upload': expect.stringContaining('file report.txt'),
    'mail-send': 'accepted for charles@example.com',
    'mail-queue': expect.stringContaining('eve@example.com: done, attempt 1') as string,
    'ssh-exec': 'report.csv\nsummary.txt, exit 0',
    'sftp-upload': '2000000 bytes',
    mirror: '3 made, 0 kept',
    'http-through-ssh': expect.stringContaining('Hello'),
    'http-through-proxies': expect.stringContaining('Hello'),
    'tcp-echo': 'hello',
  })
  expect(Object.keys(told)).toHaveLength(13)
})
