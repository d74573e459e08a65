// Preloaded into a server whose memory is measured: what is garbage is not what a stream costs.
process.on('SIGUSR2', () => Bun.gc(true))
