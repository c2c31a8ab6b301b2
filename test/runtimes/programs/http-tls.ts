// HTTP/2 over TLS, and a WebSocket over TLS
import * as http from '@net/http'

async function main(url = '', ca = ''): Promise<void> {
  const client = http.createClient({ baseUrl: url, tls: { ca }, http2: true })
  const text = await client.get('/done').text()
  const socket = await client.webSocket('/shout')
  await socket.send('done')
  const said = await socket.receive()
  await socket.close()
  await client.close()
  console.log(said === 'DONE' ? text : said)
}

void main(process.argv[2], process.argv[3])
