import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HdOptions } from 'unplugin-hd/rollup'
import { describeBuilt, type BuildSettings, type Built, type Bundler } from './bundler.ts'
import type { Project } from './project.ts'
import type { CountingUpscaler } from './upscaler.ts'

/** Changes to the configuration. */
export interface BunSettings extends BuildSettings {
  config?: Readonly<Record<string, unknown>>
}

/** The input of the process. */
export interface BunBuildOrder {
  root: string
  dist: string
  entry: string
  minify: boolean
  sourcemap: boolean
  config: Readonly<Record<string, unknown>>
  options: Readonly<Record<string, unknown>>
  /** The name of one in `upscaler.ts`. @default the default upscaler */
  upscaler?: string | undefined
}

/** The output of the process. */
export interface BunBuildReport {
  /** Error messages, if the build failed. */
  errors?: readonly string[]
  /** The number of calls of the upscaler. */
  calls: number
}

/** Absolute path of Bun's binary for this machine; `undefined` if there is none. */
export const BUN: string | undefined = binary()

/** The reason for skipping tests. */
export const BUN_MISSING: string = `@oven/bun-${process.platform} for this processor is not installed: it is an optional dependency`

function binary(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const processor = process.arch === 'arm64' ? 'aarch64' : process.arch
  try {
    const manifest = createRequire(import.meta.url).resolve(`@oven/bun-${system}-${processor}/package.json`)
    const file = path.join(path.dirname(manifest), 'bin', system === 'windows' ? 'bun.exe' : 'bun')
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

const PROCESS = fileURLToPath(new URL('bun-process.mjs', import.meta.url))

export async function buildBun(project: Project, options: HdOptions, settings: BunSettings = {}): Promise<Built> {
  const { entry = 'main.js', alias = {}, minify = false, sourcemap = false, config = {} } = settings
  const { upscaler, ...rest } = options
  const paths = Object.entries(alias).map(([prefix, folder]) => [`${prefix}/*`, [`${folder}/*`]])
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions: { paths: Object.fromEntries(paths) } }))
  const order: BunBuildOrder = {
    root: project.root,
    dist: project.dist,
    entry,
    minify,
    sourcemap,
    config,
    options: Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [key, value instanceof RegExp ? { pattern: value.source } : value]),
    ),
    upscaler: upscaler && (upscaler as CountingUpscaler).name,
  }
  const { stdout, stderr } = await run(project.root, order)
  const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as BunBuildReport
  if (upscaler && 'calls' in upscaler) (upscaler as CountingUpscaler).calls += report.calls
  if (report.errors) throw new Error(report.errors.join('\n'))
  const warnings = stderr.split('\n').filter((line) => line.startsWith('unplugin-hd: '))
  return describeBuilt(project.dist, warnings, entry)
}

function run(cwd: string, order: BunBuildOrder): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(BUN!, [PROCESS, JSON.stringify(order)], { cwd }, (error, stdout, stderr) => {
      if (error) reject(new Error(`Bun ended with ${error.code}: ${stderr}`))
      else resolve({ stdout, stderr })
    })
  })
}

export const bun: Bundler = { name: 'bun', build: buildBun }
