// Runs a command.
import * as ssh from '@net/ssh'

async function main(url = '', fingerprint = ''): Promise<void> {
  const hostKeys = ssh.pinned(fingerprint)
  const host = await ssh.connect(url, { user: 'ada', password: 'lovelace', hostKeys })
  console.log((await host.exec('say')).stdout)
  await host.close()
}

void main(process.argv[2], process.argv[3])
