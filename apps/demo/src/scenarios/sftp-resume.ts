/* Scenario 11: an upload over SFTP that loses its connection, and the call that goes on with it. */

import { isNetError } from '@net/core'
import * as ssh from '@net/ssh'
import { startSftpServer } from '@net/ssh/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const sftpResume: Scenario = {
  number: 11,
  title: 'SFTP: resume a lost upload',
  transport: 'tcp, ssh',
  about:
    'A backup of two million bytes; the connection is lost on the way. The same call once more compares the part that is there and sends the rest.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startSftpServer()
    const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
    stage.sent(`backup.tar, ${CONTENT.length} bytes`)
    server.fail({ on: 'WRITE', after: 6, do: 'drop' })
    try {
      await example(server.url, hostKeys, stage)
    } catch (error) {
      if (!isNetError(error)) throw error
      stage.received(`${error.code}; the server has a part of it`)
    }
    const verified = await example(server.url, hostKeys, stage)
    expectSame('whether the file is whole', verified, true)
    stage.received('the next call has compared the part, and sent the rest')
    return CONTENT.length
  },
}

async function example(url: string, hostKeys: ssh.HostKeyPolicy, stage: Stage): Promise<boolean> {
  await using host = await ssh.connect(url, { user: 'ada', password: 'lovelace', hostKeys })
  await using sftp = await host.sftp()
  const { verified } = await sftp.upload(CONTENT, '/backup.tar', {
    resume: true,
    onProgress: ({ transferred }) => stage.progress(transferred, CONTENT.length),
  })
  return verified
}

const CONTENT = Buffer.alloc(2_000_000, 'data ')
