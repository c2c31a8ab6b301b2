// One process of a crowd that meets new hosts: connects to each of them at once, and trusts what it sees first.
import { acceptNew, connect } from '@net/ssh'

const [file = '', ...urls] = process.argv.slice(2)
const login = { user: 'ada', password: 'lovelace', hostKeys: acceptNew({ file }) }
const hosts = await Promise.all(urls.map((url) => connect(url, login)))
await Promise.all(hosts.map((host) => host.close()))
