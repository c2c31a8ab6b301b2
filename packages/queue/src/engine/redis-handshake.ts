/* What the engine finds strange in a handshake it prints on the console: here that is told as an event, or is the error that it is. */

import type { Redis } from 'ioredis'

import { netError } from '@net/core/authoring'

type SendCommand = Redis['sendCommand']
type Command = Parameters<SendCommand>[0]

/** Keeps the engine from printing; `warn` gets what its connection goes on without. */
export function quieten(client: Redis, warn: (message: string) => void): void {
  const send = client.sendCommand.bind(client)
  client.sendCommand = (command, stream) => {
    if (HANDSHAKE.has(command.name)) answerQuietly(command, warn)
    return send(command, stream)
  }
}

function answerQuietly(command: Command, warn: (message: string) => void): void {
  const { reject } = command
  command.reject = (error) => {
    const { message } = error
    if (NO_PASSWORD.test(message)) {
      warn('the Redis server needs no password, and one was given')
      command.resolve('OK')
    } else if (OLD_SERVER.test(message)) {
      reject(netError('NET_AUTH_REJECTED', { message: OLD }))
    } else if (command.name === 'info' && message.includes('NOPERM')) {
      // The engine only wants to know whether the server has loaded its data; one that has not says so to each request.
      command.resolve('')
    } else reject(error)
  }
}

const HANDSHAKE: ReadonlySet<string> = new Set(['auth', 'hello', 'info'])
const NO_PASSWORD = /no password is set|without any password configured/u
const OLD_SERVER = /wrong number of arguments for 'auth' command/u
const OLD =
  'the Redis server, older than version 6, takes a password without a user: leave the user out of the URL'
