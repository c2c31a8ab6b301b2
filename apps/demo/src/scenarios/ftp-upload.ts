/* Scenario 4: FTP login over TLS and the upload of a file. */

import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const ftpUpload: Scenario = {
  number: 4,
  title: 'FTP: log in and upload a file',
  transport: 'tcp, AUTH TLS',
  async run(stage) {
    const authority = createCertificates()
    const tls = authority.issue({ names: ['127.0.0.1'] })
    await using server = await startFtpServer({ users: { ada: PASSWORD }, tls, requireTls: true })
    await using partner = await ftp.connect(server.url, {
      user: 'ada',
      password: PASSWORD,
      tls: { ca: authority.ca },
    })
    stage.sent(`logged in to ${server.url} as ada`)
    await partner.upload(ftp.fromText(REPORT), 'test.txt', {
      onProgress: ({ transferred }) => stage.progress(transferred, REPORT.length),
    })
    for await (const entry of partner.list()) stage.received(`${entry.name}, ${entry.size} bytes`)
    const copy = Buffer.from(await partner.readFile('test.txt')).toString()
    expectSame('the copy', copy, REPORT)
    return REPORT.length * 2
  },
}

const PASSWORD = 'lovelace-1815'
const REPORT = 'a line of the report\n'.repeat(5000)
