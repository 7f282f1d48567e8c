// Ignores SIGTERM and SIGINT; says "up" when it does.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => console.log(`ignored ${signal}`))
setInterval(() => undefined, 1 << 30)
console.log('up')
