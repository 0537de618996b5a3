import { markAsUntransferable } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { Inference, type Task } from './inference.ts'
import type { WorkerSettings } from './protocol.ts'

const SCRIPT = new URL('fake-worker.mjs', import.meta.url)
const [DO, THROW, EXIT, FAIL, HANG, REFUSE] = [0, 1, 2, 3, 4, 5]

function createInference(): Inference {
  return new Inference(SCRIPT, () => ({ cwd: 'ask a colleague' }) as WorkerSettings)
}

function createTask(command: number, changes: Partial<Task> = {}): Task {
  return {
    pixels: async () => ({ width: 1, height: 1, data: Uint8Array.of(command, 0, 0) }),
    modelFile: 'net.onnx',
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  }
}

function failToDisplay(): never {
  throw new Error('the display is gone')
}

/** A task that the fake worker never finishes, and a promise for when it has started. */
function createHangingTask(changes: Partial<Task> = {}): { task: Task; started: Promise<void> } {
  let task: Task | undefined
  const started = new Promise<void>((resolve) => {
    task = createTask(HANG, { onProgress: () => resolve(), ...changes })
  })
  return { task: task!, started }
}

/** The fake worker replies with its thread id as width. */
async function threadOf(inference: Inference): Promise<number> {
  return (await inference.upscale(createTask(DO))).width
}

test('one worker makes all images', async () => {
  const inference = createInference()
  const threads = await Promise.all([threadOf(inference), threadOf(inference), threadOf(inference)])
  expect(new Set(threads).size).toBe(1)
  await inference.stop()
})

test.each([
  ['throws', THROW, 'HD_RUNTIME', /crashed on purpose/],
  ['exits', EXIT, 'HD_RUNTIME', /exit code 3/],
  ['reports a failed runtime', FAIL, 'HD_RUNTIME', /out of memory/],
  ['cannot use the model', REFUSE, 'HD_MODEL', /no net. ask a colleague/],
])('a worker that %s fails its image, and waiting images get a new worker', async (_, command, code, message) => {
  const inference = createInference()
  const before = await threadOf(inference)
  const failing = expect(inference.upscale(createTask(command))).rejects.toMatchObject({
    name: 'HdError',
    code,
    message: expect.stringMatching(message),
    file: code === 'HD_MODEL' ? 'net.onnx' : undefined,
  })
  const waiting = [threadOf(inference), threadOf(inference)]
  await failing
  const after = await Promise.all(waiting)
  expect(after[0]).toBe(after[1])
  expect(after[0]).not.toBe(before)
  await inference.stop()
})

test.each([
  ['a view of a larger buffer', () => new Uint8Array(new ArrayBuffer(9), 3, 3)],
  ['shared memory', () => new Uint8Array(new SharedArrayBuffer(3))],
  ['memory that must not be moved', () => untransferable(new Uint8Array(3))],
])('%s is copied, not transferred', async (_, create) => {
  const inference = createInference()
  const data = create()
  const image = await inference.upscale(createTask(DO, { pixels: async () => ({ width: 1, height: 1, data }) }))
  expect(image.data).toHaveLength(3)
  expect(data).toHaveLength(3)
  await inference.stop()
})

function untransferable(data: Uint8Array): Uint8Array {
  markAsUntransferable(data.buffer)
  return data
}

test('an image that cannot be decoded does not affect others', async () => {
  const inference = createInference()
  const before = await threadOf(inference)
  await expect(inference.upscale(createTask(DO, { pixels: () => Promise.reject(new Error('truncated')) }))).rejects.toThrow(
    'truncated',
  )
  expect(await threadOf(inference)).toBe(before)
  await inference.stop()
})

test('at most two images hold pixels, however many wait', async () => {
  const inference = createInference()
  let asked = 0
  const controller = new AbortController()
  const pixels = async () => {
    asked++
    return { width: 1, height: 1, data: Uint8Array.of(HANG, 0, 0) }
  }
  const { task, started } = createHangingTask({ pixels, signal: controller.signal })
  const tasks = [1, 2, 3, 4, 5].map(() => inference.upscale(task))
  await started
  expect(asked).toBe(2)
  controller.abort()
  for (const each of tasks) await expect(each).rejects.toMatchObject({ code: 'HD_ABORTED' })
  expect(asked).toBe(2)
  await inference.stop()
})

test('an abort rejects at once with its reason, and the worker is reused', async () => {
  const inference = createInference()
  const before = await threadOf(inference)
  const controller = new AbortController()
  const task = inference.upscale(createTask(HANG, { signal: controller.signal, onProgress: () => controller.abort('enough') }))
  await expect(task).rejects.toMatchObject({ code: 'HD_ABORTED', cause: 'enough' })
  expect(await threadOf(inference)).toBe(before)
  await inference.stop()
})

test('an error thrown by the progress callback rejects its image', async () => {
  const inference = createInference()
  const before = await threadOf(inference)
  await expect(inference.upscale(createTask(HANG, { onProgress: failToDisplay }))).rejects.toThrow('the display is gone')
  expect(await threadOf(inference)).toBe(before)
  await inference.stop()
})

test('an aborted signal prevents reading pixels', async () => {
  const inference = createInference()
  const task = createTask(DO, { signal: AbortSignal.abort(), pixels: () => Promise.reject(new Error('asked')) })
  await expect(inference.upscale(task)).rejects.toMatchObject({ code: 'HD_ABORTED' })
})

test('stop() rejects the image in progress; a later one starts a new worker', async () => {
  const inference = createInference()
  const before = await threadOf(inference)
  const { task, started } = createHangingTask()
  const failing = expect(inference.upscale(task)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  await started
  await inference.stop()
  await failing
  expect(await threadOf(inference)).not.toBe(before)
  await inference.stop()
})
