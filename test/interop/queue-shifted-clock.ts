// Shifts the wall clock of a process by as many milliseconds as NET_TEST_SHIFT says; for `--import`.
const shift = Number(process.env['NET_TEST_SHIFT'] ?? 0)
const now = Date.now
Date.now = () => now() + shift
