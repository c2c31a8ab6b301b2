// Gets a document.
import * as http from '@net/http'

async function main(url = ''): Promise<void> {
  console.log(await http.get(url).text())
}

void main(process.argv[2])
