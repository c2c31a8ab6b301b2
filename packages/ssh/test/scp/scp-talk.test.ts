import { expect, test } from 'vitest'

import { operation } from '@net/core/authoring'

import { ScpTalk, type ScpFile } from '../../src/scp/scp-talk.ts'

test('control lines are read wherever the bytes are cut', async () => {
  const said = 'T1500000000 0 1600000000 0\nC0640 12 a b\n'
  for (let cut = 0; cut <= said.length; cut++) {
    const found = await spoken([said.slice(0, cut), said.slice(cut)], async (talk) => {
      expect(await talk.announced()).toBeUndefined()
      return talk.announced()
    })
    expect(found).toEqual({ mode: 0o640, size: 12, name: 'a b' })
  }
})

test('a refusal is told in the words of the server', async () => {
  for (const [said, code] of [
    ['\u0001scp: a: No such file or directory\n', 'NET_NOT_FOUND'],
    ['\u0002scp: a: Permission denied\n', 'NET_ACCESS_DENIED'],
    ['\u0001scp: a: not a regular file\n', 'NET_BAD_NAME'],
    ['\u0001scp: write a: No space left on device\n', 'NET_NO_SPACE'],
    ['\u0001whatever\n', 'NET_REPLY_PERMANENT'],
  ] as const) {
    await expect(spoken([said], (talk) => talk.announced())).rejects.toMatchObject({ code })
    await expect(spoken([said], (talk) => talk.agreed())).rejects.toMatchObject({ code })
  }
})

function spoken<T extends ScpFile | undefined | void>(
  pieces: readonly string[],
  run: (talk: ScpTalk) => Promise<T>,
): Promise<T> {
  const spec = { protocol: 'ssh', operation: 'scp', kind: 'transfer' } as const
  return operation(spec, undefined, (op) => {
    const talk = new ScpTalk(op)
    for (const piece of pieces) talk.heard('stdout', Buffer.from(piece))
    return run(talk)
  })
}
