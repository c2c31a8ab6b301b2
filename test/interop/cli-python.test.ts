// Python's ftplib, smtplib, requests and paramiko against `net serve`, each with a fault that the command line asked for.
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { startNet } from './net-command.ts'
import { requirePython } from './python-guide.ts'
import { runProgram } from './run-program.ts'

interface Served extends AsyncDisposable {
  readonly url: string
  readonly [key: string]: unknown
}

async function serve(...args: readonly string[]): Promise<Served> {
  const child = startNet(['serve', ...args], {})
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return {
    ...(JSON.parse(line) as { url: string }),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      expect(child.exitCode).toBe(143)
    },
  }
}

const PROGRAM = `
import ftplib, smtplib, io, sys, urllib.parse
import paramiko, requests
ftp_url, smtp_url, http_url, sftp_url = [urllib.parse.urlparse(url) for url in sys.argv[1:5]]

ftp = ftplib.FTP()
ftp.connect(ftp_url.hostname, ftp_url.port)
ftp.login('ada', 'lovelace')
print('ftp', ftp.nlst())
try:
    ftp.retrbinary('RETR big', lambda chunk: None)
except (ConnectionError, ftplib.Error, EOFError, OSError) as error:
    print('ftp failed')
ftp = ftplib.FTP()
ftp.connect(ftp_url.hostname, ftp_url.port)
ftp.login('ada', 'lovelace')
got = io.BytesIO()
ftp.retrbinary('RETR big', got.write)
print('ftp', len(got.getvalue()))

with smtplib.SMTP(smtp_url.hostname, smtp_url.port) as smtp:
    try:
        smtp.sendmail('ada@example.com', 'bob@example.com', 'Subject: one\\r\\n\\r\\nfirst')
    except smtplib.SMTPResponseException as error:
        print('smtp', error.smtp_code, error.smtp_error.decode())
    smtp.sendmail('ada@example.com', 'bob@example.com', 'Subject: two\\r\\n\\r\\nsecond')

print('http', requests.get(http_url.geturl() + '/file.txt').status_code)
print('http', requests.get(http_url.geturl() + '/file.txt').text)

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect(sftp_url.hostname, sftp_url.port, 'ada', 'lovelace', allow_agent=False, look_for_keys=False)
sftp = client.open_sftp()
try:
    sftp.open('/file.txt').read()
except IOError as error:
    print('sftp', error)
print('sftp', sftp.open('/file.txt').read().decode())
client.close()
`

test('Python clients meet the faults that were asked for, and then a server that works', async (context) => {
  await requirePython(context, 'paramiko, requests')
  using folder = temporaryFolder('cli-python')
  mkdirSync(join(folder.path, 'files'))
  writeFileSync(join(folder.path, 'files/file.txt'), 'hello')
  writeFileSync(join(folder.path, 'files/big'), Buffer.alloc(300_000))
  const files = join(folder.path, 'files')
  const login = ['--user', 'ada:lovelace']
  const started = [
    serve('ftp', files, ...login, '--fail', 'RETR:reset@1000', '--like', 'vsftpd'),
    serve('smtp', '--fail', '.:451 Try later'),
    serve('http', files, '--fail', 'GET /file.txt:503'),
    serve('sftp', files, ...login, '--fail', 'OPEN:4 out of order'),
  ] as const
  await using stack = new AsyncDisposableStack()
  const servers = (await Promise.all(started)).map((each) => stack.use(each))
  const program = join(folder.path, 'clients.py')
  writeFileSync(program, PROGRAM)
  const { stdout, stderr } = await runProgram('/usr/bin/python3', [
    program,
    ...servers.map(({ url }) => url),
  ])
  expect({ stdout, stderr }).toEqual({
    stdout: [
      "ftp ['big', 'file.txt']",
      'ftp failed',
      'ftp 300000',
      'smtp 451 Try later',
      'http 503',
      'http hello',
      'sftp out of order',
      'sftp hello',
      '',
    ].join('\n'),
    stderr: '',
  })
  const inbox = await fetch(`${String(servers[1]!['inbox'])}/messages`)
  expect(await inbox.json()).toMatchObject([{ subject: 'two', text: 'second\r\n' }])
})
