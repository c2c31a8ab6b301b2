/* The server for the FTP benches: files in memory, TLS on offer. Runs as a process of its own. */

import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

const SIZE = 64 * 1024 * 1024

const certificates = createCertificates()
const server = await startFtpServer({
  users: { joe: 'benchmark' },
  files: { '/big': Buffer.alloc(SIZE, 7) },
  tls: certificates.issue(),
})
process.send?.({ url: server.url, ca: certificates.ca, size: SIZE })
process.once('disconnect', () => process.exit(0))
