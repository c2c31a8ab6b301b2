// SFTP: an upload and a download
import * as ssh from '@net/ssh'

async function main(url = '', fingerprint = ''): Promise<void> {
  const hostKeys = ssh.pinned(fingerprint)
  const host = await ssh.connect(url, { user: 'ada', password: 'lovelace', hostKeys })
  const sftp = await host.sftp()
  await sftp.upload(Buffer.from('done'), '/a.txt')
  console.log(Buffer.from(await sftp.readFile('/a.txt')).toString())
  await sftp.close()
  await host.close()
}

void main(process.argv[2], process.argv[3])
