import { expect, test } from 'vitest'
import { drawImage } from '../testing/images.ts'
import { BuiltIn, type BuiltInTask } from './built-in.ts'

function createTask(changes: Partial<BuiltInTask> = {}): BuiltInTask {
  return {
    model: 'fast',
    pixels: async () => drawImage(12, 9),
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  }
}

test('stop() rejects the image in progress, waiting ones and later ones', async () => {
  const builtIn = new BuiltIn(1)
  let begun: (() => void) | undefined
  const started = new Promise<void>((resolve) => (begun = resolve))
  const large = createTask({ model: 'quality', pixels: async () => drawImage(500, 400), onProgress: () => begun!() })
  // Two of them hold pixels, the others wait.
  const tasks = [large, large, createTask(), createTask()].map((task) => builtIn.upscale(task))
  const failing = Promise.all(tasks.map((task) => expect(task).rejects.toMatchObject({ name: 'HdError', code: 'HD_ABORTED' })))
  await started
  await builtIn.stop()
  await failing
  await expect(builtIn.upscale(createTask())).rejects.toMatchObject({ code: 'HD_ABORTED', message: /was closed/ })
})

test('an abort during the eight views stops them, and the next image is made', async () => {
  const builtIn = new BuiltIn(1)
  const controller = new AbortController()
  const shares: number[] = []
  const onProgress = (share: number) => {
    shares.push(share)
    if (share > 0.3) controller.abort('enough')
  }
  const task = createTask({ model: 'quality', pixels: async () => drawImage(90, 70), signal: controller.signal, onProgress })
  await expect(builtIn.upscale(task)).rejects.toMatchObject({ code: 'HD_ABORTED', cause: 'enough' })
  expect(await builtIn.upscale(createTask())).toMatchObject({ width: 24, height: 18 })
  expect(Math.max(...shares)).toBeLessThan(0.5)
  await builtIn.stop()
})
