// Writes a text to the file that it is given.
import { fromText, toFile } from '@net/core'
import { openSink, openSource } from '@net/core/authoring'

async function main(file = '', mode?: number): Promise<void> {
  const sink = await openSink(toFile(file, { mode }))
  const source = await openSource(fromText('done'))
  for await (const chunk of source.chunks()) await sink.write(chunk)
  await sink.commit()
}

void main(process.argv[2]).then(() => console.log('done'))
