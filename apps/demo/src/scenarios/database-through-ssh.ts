/* Scenario 14: a driver of others, which knows nothing of SSH, at a database that only the SSH host reaches. */

import { Redis } from 'ioredis'

import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { startRespServer } from '../resp-server.ts'
import { expectSame, type Scenario } from '../scenario.ts'

export const databaseThroughSsh: Scenario = {
  number: 14,
  title: 'Database: a driver through SSH',
  transport: 'tcp, ssh',
  about:
    'The driver ioredis connects to a port of this machine. The tunnel behind it ends at a database that only the SSH host knows by name.',
  file: import.meta.url,
  async run(stage) {
    await using database = await startRespServer()
    const routes = { 'db.internal:6379': `127.0.0.1:${database.port}` }
    await using gateway = await startSshServer({ routes })
    stage.sent('SET greeting Hello; GET greeting; INCR visits, twice')
    const hostKeys = ssh.pinned(gateway.hostKey.fingerprint)
    const answers = await example(gateway.url, hostKeys)
    stage.received(answers.join(', '))
    expectSame('what the database said', answers, ['Hello', 1, 2])
    return answers.join('').length
  },
}

async function example(gateway: string, hostKeys: ssh.HostKeyPolicy): Promise<unknown[]> {
  await using host = await ssh.connect(gateway, { user: 'ada', password: 'lovelace', hostKeys })
  await using tunnel = await host.forwardLocal('127.0.0.1:0', 'db.internal:6379')
  const redis = new Redis(tunnel.address.port)
  await redis.set('greeting', 'Hello')
  const answers = [await redis.get('greeting'), await redis.incr('visits')]
  answers.push(await redis.incr('visits'))
  await redis.quit()
  return answers
}
