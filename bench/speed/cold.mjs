// In a process of its own: milliseconds from its start to the first result, and of the same picture again.
import { neural } from '@unplugin-hd/neural'

const [runtime, width, height] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const upscaler = neural({ runtime })
const log = { debug() {}, info() {}, warn() {} }
const context = { signal: new AbortController().signal, log, onProgress() {} }
const pixels = async () => ({ width, height, data: new Uint8Array(3 * width * height).fill(99) })

await upscaler.upscale({ width, height, pixels }, context)
const first = performance.now()
const again = []
for (let round = 0; round < 3; round++) {
  const begun = performance.now()
  await upscaler.upscale({ width, height, pixels }, context)
  again.push(performance.now() - begun)
}
console.log(JSON.stringify({ first, again: Math.min(...again) }))
await upscaler.close()
