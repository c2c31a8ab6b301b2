// A command over SSH, on a host with a pinned key.
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

await using server = await startSshServer({ exec: { ls: 'report.csv\n' } })

await using host = await ssh.connect(server.url, {
  user: 'ada',
  password: 'lovelace',
  hostKeys: ssh.pinned(server.hostKey.fingerprint),
})
const { stdout, exitCode } = await host.exec(['ls', '/srv/reports'])
console.log(stdout.trimEnd(), exitCode)
