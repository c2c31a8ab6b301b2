// PostgreSQL through a tunnel of sshd: its own client, which knows nothing of SSH.
import * as ssh from '@net/ssh'
import { expect, test } from 'vitest'

import { requireDaemon } from './daemon.ts'
import { startPostgres } from './databases.ts'
import { runProgram } from './run-program.ts'
import { startSshd } from './sshd.ts'

test('[SSH-47] a PostgreSQL database is used through a local forward, for several sessions at once', async (context) => {
  const psql = requireDaemon(context, 'psql')
  const sshd = await startSshd(requireDaemon(context, 'sshd'))
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  const { port } = await startPostgres(context)
  await using host = await ssh.connect(sshd.url, {
    user: sshd.user,
    auth: ssh.key(sshd.key.privateKey),
    hostKeys: ssh.pinned(sshd.hostKey.fingerprint),
  })
  await using tunnel = await host.forwardLocal('127.0.0.1:0', `127.0.0.1:${port}`)
  const { port: here } = new URL(tunnel.url)
  const run = async (query: string, input = ''): Promise<string> => {
    const args = ['-XAtq', '-h', '127.0.0.1', '-p', here, '-U', 'nobody', '-d', 'postgres']
    const ended = await runProgram(psql, [...args, '-c', query], input)
    expect([ended.status, ended.stderr]).toEqual([0, ''])
    return ended.stdout
  }
  const rows = Array.from({ length: 50_000 }, (_, row) => `${row},a row of some length\n`).join('')
  await run('create table rows (id int primary key, words text)')
  await run('copy rows from stdin csv', rows)
  const read = 'copy (select * from rows order by id) to stdout csv'
  expect(await Promise.all([run(read), run(read), run('select 6 * 7')])).toEqual([
    rows,
    rows,
    '42\n',
  ])
})
