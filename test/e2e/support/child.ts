import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Project } from './project.ts'

export interface ChildResult {
  /** Of the upscaler `doubling`. */
  calls: number
  warnings: string[]
  written: boolean
  /** Why the build failed, if it did. */
  error?: string
}

/** Plain data: it goes to another process. */
export interface ChildOptions {
  upscaler?: 'doubling'
  [option: string]: unknown
}

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/**
 * Builds in a process of its own.
 * @throws Error when the process fails, or has not ended by itself after 20 s
 */
export async function buildInChild(
  bundler: string,
  { root }: Project,
  options: ChildOptions,
  config: object = {},
): Promise<ChildResult> {
  const args = [CHILD, bundler, root, JSON.stringify(options), JSON.stringify(config)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 110_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as ChildResult
}
