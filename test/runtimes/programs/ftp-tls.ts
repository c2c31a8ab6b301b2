// FTP over TLS: an upload and a download
import * as ftp from '@net/ftp'

async function main(url = '', ca = ''): Promise<void> {
  const partner = await ftp.connect(url, { user: 'ada', password: 'lovelace', tls: { ca } })
  await partner.upload(ftp.fromText('done'), 'a.txt')
  console.log(Buffer.from(await partner.readFile('a.txt')).toString())
  await partner.close()
}

void main(process.argv[2], process.argv[3])
