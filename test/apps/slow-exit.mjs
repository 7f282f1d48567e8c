// Exits with code 0 some milliseconds (first argument) after SIGTERM; counts the signals it got.
const delayMs = Number(process.argv[2] ?? 100)
let signals = 0
process.on('SIGTERM', () => {
  console.log(`SIGTERM ${++signals}`)
  setTimeout(() => process.exit(0), delayMs)
})
setInterval(() => undefined, 1 << 30)
console.log('up')
