// FTP login over TLS and the upload of a text; a file would be fromFile('report.csv').
import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

const authority = createCertificates()
await using server = await startFtpServer({
  users: { ada: 'lovelace' },
  tls: authority.issue({ names: ['127.0.0.1'] }),
})

await using partner = await ftp.connect(server.url, {
  user: 'ada',
  password: 'lovelace',
  tls: { ca: authority.ca },
})
await partner.upload(ftp.fromText('a,b\n1,2\n'), 'report.csv')
for await (const entry of partner.list()) console.log(entry.name, entry.size)
