// Ends at once, but leaves a detached child that holds its stdout; prints the child's pid.
import { spawn } from 'node:child_process'

const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1 << 30)'], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
})
child.unref()
process.stdout.write(`left ${child.pid}\nno newline at the end`)
