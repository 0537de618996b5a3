import { Lines } from './lines.ts'
import { Pipeline } from './pipeline.ts'
import type { Reply, Request } from './protocol.ts'
import type { Rectangle, Task } from './region.ts'

/** How long a worker computes before it sends its results and checks for messages, in milliseconds. */
const SLICE_MS = 12

/** The worker's end of the connection, in Node and in browsers. */
export interface Port {
  post(reply: Reply, transfer: ArrayBuffer[]): void
  listen(listener: (request: Request) => void): void
  /** Resolves after pending messages have been handled. */
  turn(): Promise<void>
}

interface Work {
  id: number
  task: Task
  /** Received rows, and how many bytes of the first one were used. */
  rows: Uint8Array[]
  used: number
  /** Received seams, of the next strips. */
  seams: Uint8Array[]
  isDropped: boolean
  isStopped: boolean
  /** Resumes after waiting for rows or a seam. */
  wake: () => void
}

/** Runs a worker: handles the messages of a port. */
export function serve(port: Port): void {
  let pipeline: Pipeline | undefined
  let busy: Promise<void> = Promise.resolve()
  const works = new Map<number, Work>()

  async function run(work: Work): Promise<void> {
    try {
      if (!work.isDropped) await compute(pipeline!, work, port)
    } catch (error) {
      port.post({ type: 'failed', id: work.id, reason: error instanceof Error ? error.message : String(error) }, [])
    }
    works.delete(work.id)
  }

  port.listen((request) => {
    if (request.type === 'open') {
      pipeline = new Pipeline(request.module, request.network)
      return
    }
    if (request.type === 'task') {
      const work = {
        id: request.id,
        task: request.task,
        rows: [],
        used: 0,
        seams: [],
        isDropped: false,
        isStopped: false,
        wake: () => undefined,
      }
      works.set(request.id, work)
      busy = busy.then(() => run(work))
      return
    }
    const work = works.get(request.id)
    if (request.type === 'rows') work?.rows.push(request.rows)
    else if (request.type === 'seam') work?.seams.push(request.rows)
    else if (work && request.type === 'stop') work.isStopped = true
    else if (work) work.isDropped = true
    work?.wake()
  })
}

async function compute(pipeline: Pipeline, work: Work, port: Port): Promise<void> {
  const { id } = work
  pipeline.begin(work.task)
  let isDone = false
  while (!isDone) {
    const until = performance.now() + SLICE_MS
    const lines = new Lines()
    const output = {
      pixels: (line: number, column: number, pixels: Uint8Array) => lines.add(line, column, pixels),
      seam: (rows: Uint8Array<ArrayBuffer>) => port.post({ type: 'seam', id, rows }, [rows.buffer]),
    }
    let read = 0
    let rest: Rectangle | undefined
    for (let steps = 0; steps === 0 || (!isDone && performance.now() < until); steps++) {
      // What is made is sent before the worker waits.
      if (steps > 0 && !isReady(pipeline, work)) break
      while (!isReady(pipeline, work)) {
        await new Promise<void>((resolve) => (work.wake = resolve))
        if (work.isDropped) return
      }
      if (pipeline.needsSeam) pipeline.takeSeam(work.seams.shift()!)
      const rows = takeRows(work, pipeline.wanted)
      pipeline.step(rows, output)
      read += rows.length
      rest = work.isStopped ? pipeline.rest : undefined
      isDone = pipeline.isDone || rest !== undefined
    }
    const pieces = lines.join()
    port.post(
      { type: 'pieces', id, pieces, read, isDone, rest },
      pieces.map(({ pixels }) => pixels.buffer),
    )
    await port.turn()
    if (work.isDropped) return
  }
}

/** Whether everything that the next step needs was received. */
function isReady(pipeline: Pipeline, { rows, seams }: Work): boolean {
  return (pipeline.wanted === 0 || rows.length > 0) && (!pipeline.needsSeam || seams.length > 0)
}

/** The next `bytes` bytes of the received rows. Messages contain whole bands. */
function takeRows(work: Work, bytes: number): Uint8Array {
  const [rows] = work.rows
  if (bytes === 0 || rows === undefined) return new Uint8Array()
  const taken = rows.subarray(work.used, work.used + bytes)
  work.used += bytes
  if (work.used >= rows.length) {
    work.rows.shift()
    work.used = 0
  }
  return taken
}
