/* An agent on a Unix socket, or a pipe of Windows, that does what a test says: it has keys, refuses, or signs by another algorithm. */

import type { KeyObject } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { signData } from '../../src/identity/signatures.ts'
import { fields, FieldReader, uint32 } from '../../src/identity/wire.ts'

/** A key of the agent. */
export interface FakeKey {
  readonly blob: Uint8Array
  readonly comment: string
  /** Signs; undefined refuses. */
  sign(data: Uint8Array, flags: number): Uint8Array | undefined
}

/** A running agent. */
export interface FakeAgent extends AsyncDisposable {
  readonly socket: string
  /** The requests, in order: `list`, or `sign` with the comment of the key. */
  readonly asked: readonly string[]
}

/** Signs as an agent should: RSA by its flags. */
export function honest(key: KeyObject, type: string): FakeKey['sign'] {
  return (data, flags) => {
    const hash = flags === 4 ? 'rsa-sha2-512' : 'rsa-sha2-256'
    return signData(key, type === 'ssh-rsa' ? hash : type, data)
  }
}

/** Starts one; `answer` replaces all its answers. */
export async function startFakeAgent(
  keys: readonly FakeKey[],
  answer?: (socket: Socket) => void,
): Promise<FakeAgent> {
  const name = `fake-agent-${process.pid}-${(number += 1)}`
  const isWindows = process.platform === 'win32'
  const socket = isWindows ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name)
  const asked: string[] = []
  const server = createServer((client) => {
    client.on('error', () => {})
    let heard: Buffer = Buffer.alloc(0)
    client.on('data', (chunk) => {
      if (answer !== undefined) {
        answer(client)
        return
      }
      heard = Buffer.concat([heard, chunk])
      while (heard.length >= 4 && heard.length >= 4 + heard.readUInt32BE()) {
        const request = heard.subarray(0, 4 + heard.readUInt32BE())
        heard = heard.subarray(request.length)
        client.write(fields(reply(keys, request, asked)))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
      if (!isWindows) rmSync(socket, { force: true })
    },
  }
}

function reply(keys: readonly FakeKey[], request: Buffer, asked: string[]): Uint8Array {
  const reader = new FieldReader(request.subarray(5))
  if (request[4] === 11) {
    asked.push('list')
    const list = keys.flatMap(({ blob, comment }) => [blob, comment])
    return Buffer.concat([Buffer.of(12), uint32(keys.length), fields(...list)])
  }
  const [blob, data] = [reader.field(), reader.field()]
  const key = keys.find((each) => blob.equals(each.blob))
  asked.push(`sign ${key?.comment ?? 'nothing'}`)
  const signature = key?.sign(data, reader.number())
  return signature === undefined ? Buffer.of(5) : Buffer.concat([Buffer.of(14), fields(signature)])
}

let number = 0
