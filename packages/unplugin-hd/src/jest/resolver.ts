import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Answer, Question, StubOptions } from './question.ts'

/** The part of Jest's resolver options that is used here. */
export interface JestResolverOptions {
  rootDir: string
  defaultResolver: (request: string, options: any) => string
}

/** A resolver as Jest's option `resolver` takes it. */
export type JestResolver = (request: string, options: any) => string

/** Built as a separate file next to the entry. */
const PLANNER = new URL('./jest-planner.mjs', import.meta.url)

/** Reading the header of an image takes milliseconds; starting, a second on a busy machine. */
const PATIENCE_MS = 60_000

let planner: Worker | undefined

/**
 * A resolver that leads a `?hd` import to a small module with its value, and leaves everything else to another one.
 * @param options like those of the plugin; others do not affect the value
 * @param next resolves paths without `?hd` @default Jest's own
 */
export function createResolver(options: StubOptions = {}, next?: JestResolver): JestResolver {
  return (request: string, jest: JestResolverOptions) => {
    const resolve = next ?? jest.defaultResolver
    if (!HD_QUERY_RE.test(request)) return resolve(request, jest)
    const mark = request.indexOf('?')
    const file = resolve(request.slice(0, mark), jest)
    return moduleOf({ id: file + request.slice(mark), root: jest.rootDir, options })
  }
}

/**
 * Asks a thread, because Jest's resolvers are synchronous and images are read asynchronously.
 * @throws Error if the module cannot be written
 */
function moduleOf(question: Omit<Question, 'done' | 'port'>): string {
  planner ??= startPlanner()
  const { port1, port2 } = new MessageChannel()
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const whole: Question = { ...question, done, port: port2 }
  planner.postMessage(whole, [port2])
  Atomics.wait(done, 0, 0, PATIENCE_MS)
  const answer = receiveMessageOnPort(port1)?.message as Answer | undefined
  port1.close()
  if (answer === undefined) throw new Error(`unplugin-hd: no value for ${question.id} after ${PATIENCE_MS / 1000} s`)
  if ('error' in answer) throw new Error(answer.error)
  return answer.file
}

function startPlanner(): Worker {
  // Flags of the process, such as a loader for TypeScript, are not for this thread.
  const worker = new Worker(PLANNER, { execArgv: [] })
  worker.unref()
  return worker
}
