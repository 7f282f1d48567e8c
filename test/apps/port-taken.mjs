// Wants $WANTED, complains as Node does if it is taken, and stays.
import { createServer } from 'node:http'

setInterval(() => undefined, 1 << 30)
createServer()
  .on('error', (error) => console.error(String(error)))
  .listen(Number(process.env.WANTED))
