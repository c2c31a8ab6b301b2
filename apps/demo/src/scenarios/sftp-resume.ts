/* Scenario 11: an upload over SFTP that loses its connection, and the call that goes on with it. */

import { isNetError } from '@net/core'
import * as ssh from '@net/ssh'
import { startSftpServer, type SftpServer } from '@net/ssh/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const sftpResume: Scenario = {
  number: 11,
  title: 'SFTP: lose an upload, and go on with it',
  transport: 'tcp',
  async run(stage) {
    await using server = await startSftpServer()
    stage.sent(`backup.tar, ${SIZE} bytes`)
    server.fail({ on: 'WRITE', after: 6, do: 'drop' })
    try {
      await upload(server)
    } catch (error) {
      if (!isNetError(error)) throw error
      stage.received(`${error.code}; the server has a part of it`)
    }
    const verified = await upload(server, ({ transferred }) => stage.progress(transferred, SIZE))
    expectSame('whether the file is whole', verified, true)
    stage.received('the next call has compared the part, and sent the rest')
    return SIZE
  },
}

/** Whether the server has all of it. */
async function upload(
  server: SftpServer,
  onProgress?: ssh.SftpUploadOptions['onProgress'],
): Promise<boolean> {
  await using host = await ssh.connect(server.url, {
    user: 'ada',
    password: 'lovelace',
    hostKeys: ssh.pinned(server.ssh.hostKey.fingerprint),
  })
  await using sftp = await host.sftp()
  const content = Buffer.alloc(SIZE, 'data ')
  const { verified } = await sftp.upload(content, '/backup.tar', { resume: true, onProgress })
  return verified
}

const SIZE = 2_000_000
