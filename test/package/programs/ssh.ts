// Runs a command.
import * as ssh from '@net/ssh'

async function main(url = '', fingerprint = '', timeout?: number): Promise<void> {
  const hostKeys = ssh.pinned(fingerprint)
  const login = { user: 'ada', password: 'lovelace', hostKeys, timeout }
  const host = await ssh.connect(url, login)
  console.log((await host.exec('say')).stdout)
  await host.close()
}

void main(process.argv[2], process.argv[3])
