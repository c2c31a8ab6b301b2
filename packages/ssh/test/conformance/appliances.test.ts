import { startSshServer, type ExecHandler, type ExecIo } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import { logInTo } from '../embedded.ts'

/** What a device prints to a command, which may look like its prompt. */
function outputOf(command: string): string {
  const number = Number(command.split(' ').at(-1))
  const lines = Array.from({ length: number % 9 }, (_, at) => `  line ${at} of ${number}`)
  return ['see box# there', '', ...lines, 'x'.repeat(number % 300), 'box# is no prompt'].join('\n')
}

/** The letters that are typed, one by one. */
async function* typed({ stdin }: ExecIo): AsyncGenerator<string, void> {
  for await (const chunk of stdin) yield* Buffer.from(chunk).toString()
}

/** Pages, and rubs the question out. */
const paging: ExecHandler = async (_, io) => {
  const letters = typed(io)
  await io.stdout.write('box#')
  for (let line = ''; ;) {
    const { value: letter, done } = await letters.next()
    if (done === true) return
    if (letter !== '\n') {
      line += letter
      continue
    }
    // It repeats the line cut at 16 letters.
    await io.stdout.write(`${line.replaceAll(/.{16}/g, '$&\r\n')}\r\n`)
    for (const [at, each] of outputOf(line).split('\n').entries()) {
      if (at > 0 && at % 4 === 0) {
        await io.stdout.write(' --More-- ')
        await letters.next()
        await io.stdout.write(`${'\b'.repeat(10)}${' '.repeat(10)}${'\b'.repeat(10)}`)
      }
      await io.stdout.write(`${each}\r\n`)
    }
    await io.stdout.write('box#')
    line = ''
  }
}

/** Draws its line anew at every letter, in colours. */
const redrawing: ExecHandler = async (_, io) => {
  const prompt = '[\u001b[36madmin\u001b[m@box] > '
  let line = ''
  await io.stdout.write(`\r\u001b[K${prompt}`)
  for await (const letter of typed(io)) {
    if (letter === '\n') {
      await io.stdout.write(`\r\n${outputOf(line).replaceAll('\n', '\r\n')}\r\n\r\u001b[K${prompt}`)
      line = ''
    } else {
      line += letter
      await io.stdout.write(`\r\u001b[K${prompt}\u001b[1m${line}\u001b[m`)
    }
  }
}

/** Sends the cursor about on its last row, and ends its own lines by an escape. */
const moving: ExecHandler = async (_, io) => {
  const prompt = '\u001b[24;1H\u001b[2K\u001b[24;1Hbox# \u001b[24;1H\u001b[24;6H\u001b[?25h'
  let line = ''
  await io.stdout.write(`\u001b[2J\u001b[1;24r\u001b[1920;1920H\u001b[6n${prompt}`)
  for await (const letter of typed(io)) {
    if (letter === '\n') {
      const output = outputOf(line).replaceAll('\n', '\r\n')
      await io.stdout.write(`\u001bE${output}\u001bE${prompt}`)
      line = ''
    } else {
      line += letter
      await io.stdout.write(`${letter}\u001b[24;${6 + line.length}H\u001b[?25h`)
    }
  }
}

test.for([
  ['pages, and repeats the line cut', paging, /(?:^|\n)box#$/],
  ['draws its line anew at every letter', redrawing, /(?:^|\n)\[admin@box\] > $/],
  ['sends the cursor about', moving, /(?:^|\n)box# $/],
] as const)(
  '[SSH-40] of 500 commands at an appliance that %s each output is the output',
  async ([, shell, prompt]) => {
    await using server = await startSshServer({ shell })
    await using host = await logInTo(server)
    await using talk = await host.shell({ echo: true })
    await talk.expect(prompt)
    for (let number = 0; number < 500; number++) {
      const command = `show something long ${number}`
      await talk.send(command)
      const { text } = await talk.expect(prompt, { answers: [[' --More-- ', ' ']] })
      expect([number, text.replace(/\n$/, '')]).toEqual([number, outputOf(command)])
    }
  },
)
