// Reads a file.
import * as ftp from '@net/ftp'

async function main(url = ''): Promise<void> {
  const partner = await ftp.connect(url)
  console.log(Buffer.from(await partner.readFile('file.txt')).toString())
  await partner.close()
}

void main(process.argv[2])
