import type { MessagePort } from 'node:worker_threads'
import type { HdOptions } from '../options.ts'

/** The options that affect what an import gives. */
export type StubOptions = Pick<HdOptions, 'mode' | 'format' | 'maxPixels'>

/** What the resolver asks for. It waits for the first number of `done` to change, and then reads the answer from `port`. */
export interface Question {
  /** Absolute path and query of an import. */
  id: string
  root: string
  options: StubOptions
  done: Int32Array
  port: MessagePort
}

/** The absolute path of the module that gives the value of the import, or throws what is wrong with it. */
export type Answer = { file: string } | { error: string }
