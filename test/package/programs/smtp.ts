// Sends a mail.
import * as smtp from '@net/smtp'

async function main(url = '', timeout?: number, signal?: AbortSignal): Promise<void> {
  const relay = await smtp.connect(url, { timeout, signal })
  const message = {
    from: 'ada@example.com',
    to: 'bob@example.com',
    subject: 'done',
    html: '<b>done</b>',
  }
  const { delivery } = await relay.send(message)
  console.log(delivery === 'accepted' ? 'done' : delivery)
  await relay.close()
}

void main(process.argv[2])
