import { run } from './cli/run.ts'

const { stdin, stdout, stderr } = process
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second Ctrl-C does not wait for the cleanup.
    if (interrupt.signal.aborted) process.exit(130)
    interrupt.abort()
  })
}
// The reader closed the pipe: `hd cache ls | head`.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const status = await run(process.argv.slice(2), { cwd: process.cwd(), stdin, stdout, stderr, signal: interrupt.signal })
process.exitCode = status
// Cancelled work may still keep the process alive.
if (interrupt.signal.aborted) process.exit(status)
