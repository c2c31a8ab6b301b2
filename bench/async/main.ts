/* What one more task, item or attempt costs: ours beside p-limit, p-queue, p-map, p-retry, effect and loops by hand. */

await import('./map.ts')
await import('./spawn.ts')
await import('./hand-off.ts')
await import('./retry.ts')
