import { connect } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'
await using s = await startSshServer({ files: { '/log': 'begin\n' } } as any)
await using c = await connect(s.url, { user: 'ada', password: 'lovelace', dangerouslyAcceptAnyHostKey: true } as any)
await using f = await c.sftp()
const big = (x: string) => Buffer.from((x.repeat(99) + '\n').repeat(3000))
await Promise.all(['a','b','c'].map((x) => f.appendFile(x + '\n', '/log')))
console.log(JSON.stringify(String(await f.readFile('/log'))))
await f.writeFile('', '/big')
const r = await Promise.all(['a','b','c'].map((x) => f.append(big(x), '/big')))
const t = String(await f.readFile('/big')); console.log(t.length, r.map(x => [x.transferred, x.size]), t.replace(/(.)\1+/g,'$1').replace(/(..)\1+/gs,'[$1]').slice(0,100))
// read-only part, part as folder, empty
