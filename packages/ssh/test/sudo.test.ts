import { startSshServer, type ExecIo } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import { sudoLine, sudoPlan } from '../src/sudo.ts'
import { failureOf, logInTo } from './embedded.ts'

const PASSWORD = 'tango delta'

/** How a machine's sudo behaves. */
interface Sudoers {
  /** What it says before and behind its prompt. */
  readonly words?: readonly [string, string]
  /** Whether it asks; default yes. */
  readonly asks?: boolean
  /** What it says in place of running anything. */
  readonly refuses?: string
}

/** A sudo that asks on the error output, reads a line byte by byte, and runs `cat` or prints who is asked for. */
function sudo({ words = ['', ''], asks = true, refuses }: Sudoers) {
  return async (line: string, { stdin, stdout, stderr, terminal }: ExecIo): Promise<number> => {
    const [, prompt = '', user = 'root', first = '', second = '', command = ''] =
      /^sudo -S -p (\S+)(?: -u (\S+))? -- sh -c 'printf %s%s (\w+) (\w+) >&2; (.*)'$/s.exec(line) ??
      []
    const said = terminal === undefined ? stderr : stdout
    const input = bytesOf(stdin)
    if (asks) {
      await said.write(`${words[0]}${prompt}${words[1]}`)
      let given = await lineOf(input)
      while (given !== PASSWORD) {
        await said.write(`Sorry, try again.\n${words[0]}${prompt}${words[1]}`)
        given = await lineOf(input)
        if (given === '') return 1
      }
      await said.write('\n')
    }
    if (refuses !== undefined) {
      await said.write(refuses)
      return 1
    }
    await said.write(`${first}${second}`)
    if (command !== 'cat') await stdout.write(`${user}: ${command}\n`)
    else for await (const byte of input) await stdout.write(Buffer.of(byte))
    return 0
  }
}

async function* bytesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<number, void> {
  for await (const chunk of chunks) yield* chunk
}

async function lineOf(input: AsyncGenerator<number, void>): Promise<string> {
  let line = ''
  for (;;) {
    const { value, done } = await input.next()
    if (done === true || value === 10) return line
    line += String.fromCharCode(value)
  }
}

test.for<readonly [string, Sudoers]>([
  ['asks', {}],
  ['asks with a lecture', { words: ['We trust you have received the usual lecture.\n\n', ''] }],
  ['asks in the manner of sudo-rs', { words: ['[sudo: ', '] Mot de passe : '] }],
  ['does not ask', { asks: false }],
])(
  'by sudo that %s the input is the one of the command, and nothing of sudo is in the outputs',
  async ([, sudoers]) => {
    await using server = await startSshServer({ exec: sudo(sudoers) })
    await using host = await logInTo(server)
    const given = { sudo: { password: PASSWORD } }
    for (const terminal of [false, true]) {
      const fed = await host.exec('cat', { ...given, terminal, input: 'abc' })
      expect(fed).toEqual({ stdout: 'abc', stderr: '', exitCode: 0, exitSignal: undefined })
    }
    const other = await host.exec(['id', 'a b'], {
      cwd: '/srv',
      env: { LANG: 'C' },
      sudo: { ...given.sudo, user: 'postgres' },
    })
    expect(other.stdout).toMatch(/^postgres: cd \/srv && export LANG=C && id .*a b/)
    await using child = await host.spawn('cat', given)
    await child.stdin.write('def')
    child.stdin.end()
    expect(await child.stdout.readText()).toBe('def')
    expect(await child.stderr.readText()).toBe('')
  },
)

test('a password that sudo refuses is tried once, and shows nowhere', async () => {
  await using server = await startSshServer({ exec: sudo({}) })
  await using host = await logInTo(server)
  const asked: string[] = []
  const wrong = ({ what }: { what: string }): string => {
    asked.push(what)
    return 'juliet echo'
  }
  const error = await failureOf(host.exec('id', { sudo: { password: wrong } }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', phase: 'auth', operation: 'exec' })
  expect(asked).toEqual(['password'])
  expect(JSON.stringify(error) + String(error.stack)).not.toContain('juliet')
  await server.waitFor(({ what, text }) => what === 'signal' && text === 'TERM')
  expect(await failureOf(host.exec('id', { sudo: true }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
    message: expect.stringContaining('sudo: { password }'),
  })
  // The connection is as good as before.
  expect((await host.exec('id', { sudo: { password: PASSWORD } })).stdout).toBe('root: id\n')
})

test('what sudo says in place of running the command is the result', async () => {
  await using server = await startSshServer({
    exec: sudo({ refuses: 'ada is not in the sudoers file.\n' }),
  })
  await using host = await logInTo(server)
  expect(await host.exec('id', { sudo: { password: PASSWORD } })).toMatchObject({
    stdout: '',
    stderr: '\nada is not in the sudoers file.\n',
    exitCode: 1,
  })
  await using none = await startSshServer({ exec: {} })
  await using other = await logInTo(none)
  expect(await other.exec('id', { sudo: true })).toMatchObject({
    stderr: 'sh: sudo: not found\n',
    exitCode: 127,
  })
})

test('options that are wrong are refused before anything is sent', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  for (const sudo of [{ user: '' }, { user: '-i' }, { password: 7 }, { name: 'root' }, 'root']) {
    const call = host.exec('id', { sudo: sudo as { user: string } })
    expect(await failureOf(call)).toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  expect(await failureOf(host.exec('id', { sudo: { user: 'a\nb' } }))).toMatchObject({
    code: 'NET_INJECTION',
  })
  expect(server.received.some(({ what }) => what === 'exec')).toBe(false)
})

test('the line repeats neither its prompt with what follows it, nor the mark of the beginning as a whole', () => {
  const plan = sudoPlan({ user: 'www-data' })
  const line = plan === undefined ? '' : sudoLine("echo 'a b'", plan)
  expect(line).toContain('sudo -S -p sudo-')
  expect(line).toContain(' -u www-data -- sh -c ')
  expect(line).not.toContain(plan?.mark.join(''))
  expect(sudoPlan(true)).not.toEqual(sudoPlan(true))
  expect([sudoPlan(false), sudoPlan(undefined)]).toEqual([undefined, undefined])
})
