import { markAsUntransferable } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { Engine, type Task } from './engine.ts'
import type { WorkerSettings } from './protocol.ts'

const SCRIPT = new URL('testing/fake-worker.mjs', import.meta.url)
const [DO, THROW, EXIT, FAIL, HANG, REFUSE] = [0, 1, 2, 3, 4, 5]

function createEngine(): Engine {
  return new Engine(SCRIPT, () => ({ cwd: 'ask a colleague' }) as WorkerSettings)
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

/** A task that the fake leaves unfinished, and the moment when it is in there. */
function createHangingTask(changes: Partial<Task> = {}): { task: Task; started: Promise<void> } {
  let task: Task | undefined
  const started = new Promise<void>((resolve) => {
    task = createTask(HANG, { onProgress: () => resolve(), ...changes })
  })
  return { task: task!, started }
}

/** The fake answers with its thread's number as width. */
async function threadOf(engine: Engine): Promise<number> {
  return (await engine.upscale(createTask(DO))).width
}

test('one worker serves picture after picture', async () => {
  const engine = createEngine()
  const threads = await Promise.all([threadOf(engine), threadOf(engine), threadOf(engine)])
  expect(new Set(threads).size).toBe(1)
  await engine.stop()
})

test.each([
  ['throws', THROW, 'HD_RUNTIME', /crashed on purpose/],
  ['exits', EXIT, 'HD_RUNTIME', /exit code 3/],
  ['reports a failed runtime', FAIL, 'HD_RUNTIME', /out of memory/],
  ['cannot use the model', REFUSE, 'HD_MODEL', /no net. ask a colleague/],
])('a worker that %s fails the picture in it, and the waiting ones get a new worker', async (_, command, code, message) => {
  const engine = createEngine()
  const before = await threadOf(engine)
  const failing = expect(engine.upscale(createTask(command))).rejects.toMatchObject({
    name: 'HdError',
    code,
    message: expect.stringMatching(message),
    file: code === 'HD_MODEL' ? 'net.onnx' : undefined,
  })
  const waiting = [threadOf(engine), threadOf(engine)]
  await failing
  const after = await Promise.all(waiting)
  expect(after[0]).toBe(after[1])
  expect(after[0]).not.toBe(before)
  await engine.stop()
})

test.each([
  ['a view of a larger buffer', () => new Uint8Array(new ArrayBuffer(9), 3, 3)],
  ['shared memory', () => new Uint8Array(new SharedArrayBuffer(3))],
  ['memory that must not be moved', () => untransferable(new Uint8Array(3))],
])('%s is copied, and stays as it was', async (_, create) => {
  const engine = createEngine()
  const data = create()
  const picture = await engine.upscale(createTask(DO, { pixels: async () => ({ width: 1, height: 1, data }) }))
  expect(picture.data).toHaveLength(3)
  expect(data).toHaveLength(3)
  await engine.stop()
})

function untransferable(data: Uint8Array): Uint8Array {
  markAsUntransferable(data.buffer)
  return data
}

test('a picture that cannot be decoded fails alone', async () => {
  const engine = createEngine()
  const before = await threadOf(engine)
  await expect(engine.upscale(createTask(DO, { pixels: () => Promise.reject(new Error('truncated')) }))).rejects.toThrow(
    'truncated',
  )
  expect(await threadOf(engine)).toBe(before)
  await engine.stop()
})

test('at most two pictures hold their pixels, however many wait', async () => {
  const engine = createEngine()
  let asked = 0
  const controller = new AbortController()
  const pixels = async () => {
    asked++
    return { width: 1, height: 1, data: Uint8Array.of(HANG, 0, 0) }
  }
  const { task, started } = createHangingTask({ pixels, signal: controller.signal })
  const tasks = [1, 2, 3, 4, 5].map(() => engine.upscale(task))
  await started
  expect(asked).toBe(2)
  controller.abort()
  for (const each of tasks) await expect(each).rejects.toMatchObject({ code: 'HD_ABORTED' })
  expect(asked).toBe(2)
  await engine.stop()
})

test('an abort rejects at once, keeps its reason, and the worker is used again', async () => {
  const engine = createEngine()
  const before = await threadOf(engine)
  const controller = new AbortController()
  const task = engine.upscale(createTask(HANG, { signal: controller.signal, onProgress: () => controller.abort('enough') }))
  await expect(task).rejects.toMatchObject({ code: 'HD_ABORTED', cause: 'enough' })
  expect(await threadOf(engine)).toBe(before)
  await engine.stop()
})

test('an error of the progress callback is that of its picture', async () => {
  const engine = createEngine()
  const before = await threadOf(engine)
  await expect(engine.upscale(createTask(HANG, { onProgress: failToDisplay }))).rejects.toThrow('the display is gone')
  expect(await threadOf(engine)).toBe(before)
  await engine.stop()
})

test('a signal that has fired before asks for no pixels', async () => {
  const engine = createEngine()
  const task = createTask(DO, { signal: AbortSignal.abort(), pixels: () => Promise.reject(new Error('asked')) })
  await expect(engine.upscale(task)).rejects.toMatchObject({ code: 'HD_ABORTED' })
})

test('stopping fails the picture at work; a later one starts a new worker', async () => {
  const engine = createEngine()
  const before = await threadOf(engine)
  const { task, started } = createHangingTask()
  const failing = expect(engine.upscale(task)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  await started
  await engine.stop()
  await failing
  expect(await threadOf(engine)).not.toBe(before)
  await engine.stop()
})
