/* Runs every bench, one after the other; each can be run alone as well. */

await import('./operation.ts')
await import('./async/main.ts')
await import('./echo.ts')
await import('./http.ts')
await import('./http-cost.ts')
await import('./bulk.ts')
await import('./files.ts')
await import('./ftp.ts')
await import('./smtp.ts')
await import('./ssh.ts')
await import('./ssh-peers.ts')
await import('./ssh-trips.ts')
