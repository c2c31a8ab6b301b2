// HTTP through an SSH tunnel
import * as http from '@net/http'
import * as ssh from '@net/ssh'

async function main(gateway = '', fingerprint = '', url = ''): Promise<void> {
  const hostKeys = ssh.pinned(fingerprint)
  const host = await ssh.connect(gateway, { user: 'ada', password: 'lovelace', hostKeys })
  const client = http.createClient({ dialer: host.dialer })
  console.log(await client.get(url).text())
  await client.close()
  await host.close()
}

void main(process.argv[2], process.argv[3], process.argv[4])
