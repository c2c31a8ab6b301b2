// The test servers of http, ftp, smtp and ssh
import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { startSmtpServer } from '@net/smtp/testing'
import { startSshServer } from '@net/ssh/testing'

async function main(): Promise<void> {
  const servers = [
    await startHttpServer(),
    await startFtpServer(),
    await startSmtpServer(),
    await startSshServer(),
  ]
  for (const server of servers) await server[Symbol.asyncDispose]()
  console.log('done')
}

void main()
