/* Scenario 6: a command over SSH, on a host whose key is accepted at the first meeting. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const sshExec: Scenario = {
  number: 6,
  title: 'SSH: run ls on a new host',
  transport: 'tcp',
  about:
    'A command on a host that was never met: its key is accepted and written into known_hosts. Words stay words, whatever is in them.',
  file: import.meta.url,
  async run(stage) {
    const folder = await mkdtemp(join(tmpdir(), 'net-demo-'))
    try {
      const file = join(folder, 'known_hosts')
      await using server = await startSshServer({ exec: { ls: LISTING } })
      stage.sent('ls -l /srv/reports')
      const { stdout, exitCode } = await example(server.url, file)
      for (const line of stdout.trimEnd().split('\n')) stage.received(line)
      expectSame('the exit code', exitCode, 0)
      expectSame('known_hosts', await readFile(file, 'utf8'), server.knownHostsLine)
      return stdout.length
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

async function example(url: string, file: string): Promise<ssh.ExecResult> {
  const hostKeys = ssh.acceptNew({ file })
  await using host = await ssh.connect(url, { user: 'ada', password: 'lovelace', hostKeys })
  return await host.exec(['ls', '-l', '/srv/reports'])
}

const LISTING = 'report.csv\nsummary.txt\n'
