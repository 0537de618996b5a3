// Runs in a separate process: replies to a message of weights and images with the digests of the results, or the code of an error. It does
// not close the engine, because idle workers must not keep the process alive.
import { createHash } from 'node:crypto'
import { createEngine } from '@unplugin-hd/engine'

process.once('message', async ({ weights, images }) => {
  const engine = createEngine(weights, { threads: 2 })
  const results = Promise.all(images.map((image) => engine.upscale(image)))
  const digests = results.then((all) => all.map(({ data }) => createHash('sha256').update(data).digest('hex')))
  process.send(await digests.catch(({ code }) => code))
  process.disconnect()
})
