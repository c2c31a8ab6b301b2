// Reads a file.
import * as ftp from '@net/ftp'

async function main(url = '', timeout?: number, signal?: AbortSignal): Promise<void> {
  const partner = await ftp.connect(url, { timeout, signal })
  console.log(Buffer.from(await partner.readFile('file.txt')).toString())
  await partner.close()
}

void main(process.argv[2])
