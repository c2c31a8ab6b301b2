import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'

import { describe, expect, it } from 'vitest'

import { commandTable } from '../src/command-table.ts'
import { exitCodes } from '../src/exit-code.ts'
import { net, startNet, temporaryFolder } from './net.ts'

describe('runNet', () => {
  it('shows the commands and the exit codes without arguments, with -h and with --help', async () => {
    const [bare, short, long] = await Promise.all([net([]), net(['-h']), net(['--help'])])
    expect(bare).toMatchObject({ code: 0, err: '' })
    expect(short.out).toBe(long.out)
    expect(bare.out).toBe(long.out)
    for (const { name, summary } of commandTable) {
      expect(long.out).toContain(name)
      expect(long.out.replaceAll(/\s+/g, ' ')).toContain(summary)
    }
    for (const { code, meaning } of exitCodes)
      expect(long.out).toContain(`${code} `.padEnd(5) + meaning)
  })

  it('has -h and --help in every command', async () => {
    for (const { name } of commandTable) {
      const [short, long] = await Promise.all([net([name, '-h']), net([name, '--help'])])
      expect(short).toMatchObject({ code: 0, err: '' })
      expect(long.out).toBe(short.out)
      expect(long.out).toContain(`Usage: net ${name}`)
    }
  })

  it('names what was meant by a mistyped command or option', async () => {
    expect(await net(['mirorr', 'a', 'b'])).toMatchObject({ code: 2, out: '' })
    expect((await net(['mirorr', 'a', 'b'])).err).toContain('Did you mean mirror?')
    expect((await net(['ls', '--jsn'])).err).toContain('Did you mean --json?')
    expect((await net(['cp'])).err).toContain("missing required argument 'place'")
    expect(await net(['ls', '--max-time', 'soon'])).toMatchObject({
      code: 2,
      err: 'net ls: soon is no time: give seconds, or 200ms, 5s, 2m\n',
    })
    expect((await net(['ls', '--log', 'loud'])).err).toContain('loud is none of trace, debug')
  })

  it('tells misuse as an object with --json', async () => {
    const { code, err, events } = await net(['ls', '--json', '--nothing'])
    expect({ code, err }).toEqual({ code: 2, err: '' })
    expect(events).toEqual([
      { type: 'error', code: 'USAGE', message: expect.stringContaining('--nothing'), exitCode: 2 },
    ])
  })

  it('prints the version', async () => {
    expect(await net(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' })
  })

  it('takes options from the config file behind those of the command line', async () => {
    using folder = temporaryFolder()
    const config = join(folder.path, 'config')
    writeFileSync(config, 'json\nto = ada@example.com\n', { mode: 0o600 })
    const env = { NET_CONFIG: config }
    const { code, events, err } = await net(['ls', folder.path], { env })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(events).toMatchObject([{ type: 'entry', name: 'config' }])
  })

  // CL-4
  it('waits for no standard input that was not asked for, and with no terminal for no answer', async () => {
    const nobody = '127.0.0.1:1'
    const lines = [
      `get http://${nobody}/`,
      `head http://${nobody}/`,
      `post http://${nobody}/ -d a=1`,
      `ls ftp://${nobody}/`,
      `cat sftp://ada@${nobody}/a`,
      `cp ftp://${nobody}/a /nowhere/b`,
      `mv ftp://${nobody}/a ftp://${nobody}/b`,
      `rm ftp://${nobody}/a`,
      `mkdir ftp://${nobody}/a`,
      `mirror ftp://${nobody}/a /nowhere/b`,
      `diff ftp://${nobody}/a /nowhere/b`,
      `send smtp://${nobody} --from a@b --to c@d --text x`,
      `exec ssh://${nobody} ls`,
      `shell ssh://${nobody}`,
      `tunnel ssh://${nobody} -D 0`,
      `nc tcp://${nobody}`,
      `listen tcp://192.0.2.1:1`,
      `serve nothing`,
      `queue drain file:/nowhere.db x`,
      `resolve -bad-`,
      `tls ${nobody}`,
      `ping ${nobody} -c 1`,
      `completion csh`,
    ].map((line) => line.split(' '))
    expect(lines.map(([name]) => name)).toEqual(commandTable.map(({ name }) => name))
    for (const [name = '', ...args] of lines) {
      const retry = commandTable.some(
        (spec) => spec.name === name && spec.options.includes('retry'),
      )
      const all = [name, ...(retry ? ['--retry', '0', '--ssh-config', 'none'] : []), ...args]
      // An open pipe that nobody writes to, and one that has ended, as /dev/null and a closed one are.
      const { code, err } = await net(all, { stdin: new PassThrough() })
      expect([name, code]).not.toEqual([name, 0])
      expect(err).not.toMatch(/^ +at /m)
      const ended = await net(all, { stdin: '' })
      const timeless = (text: string): string => text.replace(/\d+ ms/g, 'some ms')
      expect([name, ended.code, timeless(ended.err)]).toEqual([name, code, timeless(err)])
    }
  })

  it('ends with the code of a time limit when --max-time passes', async () => {
    const { code, err } = await net(['listen', 'tcp://127.0.0.1:0', '--max-time', '10ms'])
    expect({ code, err }).toEqual({
      code: 7,
      err: expect.stringContaining('net listen: '),
    })
  })

  it('tells that a help could not be written, but not of a reader that has left', async () => {
    const failing = (code: string): Writable =>
      new Writable({
        write: (_, __, done) =>
          done(Object.assign(new Error(`${code}: write`), { code, syscall: 'write' })),
      }).on('error', () => {})
    for (const args of [[], ['--help'], ['ls', '-h'], ['help', 'ls'], ['-V']]) {
      const full = await net(args, { stdout: failing('ENOSPC') })
      expect(full).toMatchObject({ code: 74, err: 'net: ENOSPC: write\n' })
      expect(await net(args, { stdout: failing('EPIPE') })).toMatchObject({ code: 0, err: '' })
    }
  })

  it('says of what a reader that left has ended whether more than its output is missing', async () => {
    using folder = temporaryFolder()
    for (const [args, code] of [
      [['cp', '-', join(folder.path, 'a')], 141],
      [['nc', 'udp://127.0.0.1:9'], 0],
    ] as const) {
      const run = startNet(args, { stdin: new PassThrough() })
      run.interrupt('EPIPE')
      expect(await run.ended).toMatchObject({ code, err: '' })
    }
    expect(existsSync(join(folder.path, 'a'))).toBe(false)
  })
})
