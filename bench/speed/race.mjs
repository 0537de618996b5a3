import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('process.mjs', import.meta.url))

/**
 * Runs of each contender on one size, each in a process of its own, in turn, so that a disturbance of the machine falls on all. The first
 * result is the fastest of `starts` processes.
 * @returns {Promise<Record<string, { times: { time: number, cpu: number }[], first: number, peak: number | undefined }>>} milliseconds, megabytes
 */
export async function race(names, { threads, width, height, rounds, starts }) {
  const runners = []
  // One after the other: a start must not be disturbed by another's.
  for (const name of names) {
    const firsts = []
    for (let count = 1; count < starts; count++)
      firsts.push(JSON.parse(await (await start(name, threads, width, height)).end()).first)
    runners.push({ name, times: [], firsts, ...(await start(name, threads, width, height)) })
  }
  for (let round = 0; round < rounds; round++) for (const { ask, times } of runners) times.push(JSON.parse(await ask()))
  const results = {}
  for (const { name, times, firsts, end } of runners) {
    const { first, peak } = JSON.parse(await end())
    results[name] = { times, peak, first: Math.min(first, ...firsts) }
  }
  return results
}

async function start(...args) {
  const child = spawn(process.execPath, [SCRIPT, ...args.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${args[0]} ended too early`)
    return value
  }
  await next()
  return { ask: () => (child.stdin.write('\n'), next()), end: () => (child.stdin.end(), next()) }
}
