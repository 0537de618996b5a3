import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Project } from './project.ts'

export interface ChildResult {
  /** Calls of the upscaler `doubling`. */
  calls: number
  warnings: string[]
  written: boolean
  /** Why the build failed, if it did. */
  error?: string
}

/** Plain data, because it is sent to another process. */
export interface ChildOptions {
  upscaler?: 'doubling'
  [option: string]: unknown
}

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/**
 * Builds in a separate process.
 * @throws Error if the process fails, or has not exited after 20 s
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

/** A process that has ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs Node with these arguments to its end. @param env is added to the environment of this process */
export function runNode(args: readonly string[], { cwd, env }: { cwd: string; env: Record<string, string> }): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (ended.stdout += chunk))
  child.stderr.on('data', (chunk) => (ended.stderr += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })))
}
