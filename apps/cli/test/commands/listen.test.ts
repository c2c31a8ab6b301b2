import { connect } from '@net/socket'
import { describe, expect, it } from 'vitest'

import { net, startNet } from '../net.ts'

describe('net listen', () => {
  it('joins one connection to its streams, and ends with it', async () => {
    const running = startNet(['listen', '--json', 'tcp://127.0.0.1:0'], { stdin: 'hello\n' })
    const [line] = await running.printed(/^.*\n/)
    const { url } = JSON.parse(line) as { url: string }
    await using connection = await connect(url)
    expect(await connection.readLine()).toBe('hello')
    await connection.write('bye')
    await connection.end()
    expect(await running.ended).toMatchObject({ code: 0, out: `${line}bye` })
  })

  it('echoes with --echo, and serves several with --keep', async () => {
    const running = startNet(['listen', '--keep', '--echo', '--json', 'tcp://127.0.0.1:0'])
    const [line] = await running.printed(/^.*\n/)
    const { url } = JSON.parse(line) as { url: string }
    for (const word of ['one\n', 'two\n']) {
      await using connection = await connect(url)
      await connection.write(word)
      expect(await connection.readLine()).toBe(word.trim())
      await connection.end()
    }
    running.interrupt()
    expect((await running.ended).code).toBe(130)
  })

  it('needs the key of its certificate', async () => {
    expect((await net(['listen', 'tls://127.0.0.1:0', '--cert', '/nowhere'])).err).toBe(
      'net listen: --cert needs --key\n',
    )
  })
})
