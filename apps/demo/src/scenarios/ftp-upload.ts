/* Scenario 4: FTP login over TLS and the upload of a file. */

import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const ftpUpload: Scenario = {
  number: 4,
  title: 'FTP: log in and upload a file',
  transport: 'tcp, AUTH TLS',
  about:
    'A report goes to a partner who has nothing but FTP. The password is sent only once TLS stands, and the upload is done when the server has all of it.',
  file: import.meta.url,
  async run(stage) {
    const authority = createCertificates()
    const tls = authority.issue({ names: ['127.0.0.1'] })
    await using server = await startFtpServer({ users: { ada: PASSWORD }, tls, requireTls: true })
    const login = { user: 'ada', password: PASSWORD, tls: { ca: authority.ca } }
    stage.sent(`log in to ${server.url} as ada, and upload ${REPORT.length} bytes`)
    const copy = await example(server.url, login, stage)
    expectSame('the copy', copy, REPORT)
    return REPORT.length * 2
  },
}

async function example(url: string, login: ftp.FtpConnectOptions, stage: Stage): Promise<string> {
  await using partner = await ftp.connect(url, login)
  await partner.upload(ftp.fromText(REPORT), 'report.txt', {
    onProgress: ({ transferred }) => stage.progress(transferred, REPORT.length),
  })
  for await (const { name, size } of partner.list()) stage.received(`${name}, ${size} bytes`)
  return Buffer.from(await partner.readFile('report.txt')).toString()
}

const PASSWORD = 'lovelace-1815'
const REPORT = 'a line of the report\n'.repeat(5000)
