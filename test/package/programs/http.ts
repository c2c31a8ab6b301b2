// Gets a document.
import * as http from '@net/http'

async function main(url = '', timeout?: number, signal?: AbortSignal): Promise<void> {
  console.log(await http.get(url, { timeout, signal }).text())
}

void main(process.argv[2])
