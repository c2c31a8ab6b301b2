/* The server for the SMTP bench: takes every message and forgets it. Runs as a process of its own. */

import { startSmtpServer } from '@net/smtp/testing'

const server = await startSmtpServer()
setInterval(() => server.mailbox.clear(), 50)
process.send?.(server.url)
process.once('disconnect', () => process.exit(0))
