// In a process of its own: process.mjs CONTENDER THREADS WIDTH HEIGHT ROUNDS. Answers every line on its input with the milliseconds of a run and those of all cores together, and
// when the input ends, with those to the first result, counted from the start of the process, and its peak memory in megabytes (Linux).
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createImage, open } from './contenders.mjs'

const [name, ...numbers] = process.argv.slice(2)
const [threads, width, height] = numbers.map(Number)
const contender = await open(name, threads)
const image = createImage(width, height)
await contender.run(image)
const first = performance.now()
console.log('ready')

for await (const _ of createInterface({ input: process.stdin })) {
  // Cores that were idle, while the others had their turn, take a while to run at full speed: threads of a virtual machine may share one at first.
  await contender.run(image)
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await contender.run(image)
  const time = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ time, cpu: (user + system) / 1000 }))
}
const peak =
  process.platform === 'linux' ? Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1000 : undefined
console.log(JSON.stringify({ first, peak }))
process.exit()
