import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

// Each example is a whole program; it runs as a user would run it, and must print what it promises.

const folder = new URL('../examples/', import.meta.url)
const outputs: Readonly<Record<string, string>> = {
  'errors.ts':
    '/status/404: NET_NOT_FOUND, give up\n' +
    '/status/503: NET_REPLY_TEMPORARY, try again later\n' +
    '/drip: NET_TIMEOUT_TOTAL, try again later\n',
  'ftp-upload.ts': 'report.csv 8\n',
  'http-get.ts': 'Hello\n',
  'http-many.ts': '500 documents, the last one called Hello\n',
  'http-post.ts': '{"title":"Hello"}\n403 NET_ACCESS_DENIED\n',
  'http-through-proxies.ts': 'Hello\n',
  'http-through-ssh.ts': 'Hello\n',
  'smtp-send.ts': 'accepted charles@example.com\n',
  'ssh-exec.ts': 'report.csv 0\n',
  'tcp-greeting.ts': 'Hello from server!\n',
}

test.each(Object.entries(outputs))('%s', async (file, output) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--conditions=@net/source',
    fileURLToPath(new URL(file, folder)),
  ])
  expect(stdout).toBe(output)
  expect(stderr).toBe('')
})

test('every example is run', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'))
  expect(files.toSorted()).toEqual(Object.keys(outputs))
})
