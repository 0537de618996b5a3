import { run } from './cli/run.ts'

const { stdin, stdout, stderr } = process
const interrupt = new AbortController()
process.on('SIGINT', () => {
  // Whoever asks twice does not want to wait for what is put in order.
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
})
// `hd cache ls | head` has read enough.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const status = await run(process.argv.slice(2), { cwd: process.cwd(), stdin, stdout, stderr, signal: interrupt.signal })
process.exitCode = status
// Work that was given up may still hold the process.
if (interrupt.signal.aborted) process.exit(status)
