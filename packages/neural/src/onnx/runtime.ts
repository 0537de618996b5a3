import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { hasNativeBinary } from './advice.ts'
import { Fault, reason } from './fault.ts'
import type { WorkerSettings } from './protocol.ts'

export type RuntimeName = 'native' | 'wasm'

/** The part of ONNX Runtime's API that is used, the same in both builds. */
export interface Ort {
  InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> }
  Tensor: typeof Tensor
  env: { wasm: { numThreads?: number }; logLevel?: string }
  /** Of onnxruntime-node alone: the execution providers that this build has. */
  listSupportedBackends?(): { name: string }[]
}

export interface Runtime {
  name: RuntimeName
  ort: Ort
  /** onnxruntime-node would run on this machine, and is not installed. */
  nativeMissing: boolean
  /** Why it is not the one that one might expect, for the log. */
  note?: string | undefined
}

const INSTALL =
  "Install it with `ONNXRUNTIME_NODE_INSTALL=skip npm install -D onnxruntime-node` (its install script would fetch CUDA libraries that are not needed), or set `runtime: 'wasm'`"

/**
 * Loads the runtime asked for; with `'auto'` onnxruntime-node where it is installed and loads, else the WASM build that
 * comes with this package. @throws Fault `HD_RUNTIME`
 */
export async function loadRuntime(settings: Pick<WorkerSettings, 'runtime' | 'threads' | 'cwd'>): Promise<Runtime> {
  if (settings.runtime === 'wasm') return { name: 'wasm', ort: await loadWasm(settings.threads), nativeMissing: false }
  const file = findNative(settings.cwd)
  if (file === undefined) {
    if (settings.runtime === 'native') throw new Fault('HD_RUNTIME', 'onnxruntime-node is not installed', INSTALL)
    const nativeMissing = hasNativeBinary(process.platform, process.arch, hasGlibc())
    return { name: 'wasm', ort: await loadWasm(settings.threads), nativeMissing }
  }
  try {
    return { name: 'native', ort: createRequire(import.meta.url)(file) as Ort, nativeMissing: false }
  } catch (error) {
    // No binary for this platform (Intel Macs, musl), or a half-finished install.
    const note = `onnxruntime-node is installed but does not load on ${process.platform}-${process.arch}: ${reason(error)}`
    if (settings.runtime === 'native') throw new Fault('HD_RUNTIME', note, "Reinstall it, or set `runtime: 'wasm'`", error)
    const ort = await loadWasm(settings.threads)
    return { name: 'wasm', ort, nativeMissing: false, note: `${note}; the slower WASM build is used` }
  }
}

/** From this package first (a hoisted or peer install), then from the user's project, which pnpm keeps apart. */
function findNative(cwd: string): string | undefined {
  for (const origin of [import.meta.url, join(cwd, 'package.json')]) {
    try {
      return createRequire(origin).resolve('onnxruntime-node')
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime !== undefined
}

async function loadWasm(threads: number): Promise<Ort> {
  const url = new URL('./ort/ort.node.min.mjs', import.meta.url)
  try {
    const ort = (await import(url.href)) as Ort
    ort.env.wasm.numThreads = threads
    ort.env.logLevel = 'error'
    return ort
  } catch (error) {
    throw new Fault('HD_RUNTIME', `the WASM runtime cannot be loaded: ${reason(error)}`, 'Reinstall @unplugin-hd/neural', error)
  }
}

/** Session options. Memory patterns are off: they plan one block per shape, which costs 60 MB at 416x416 and gains no time. */
export function sessionOptions(runtime: RuntimeName, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [runtime === 'native' ? 'cpu' : 'wasm'],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    // 3: errors alone, since ONNX Runtime writes warnings about a model's graph straight to stderr.
    logSeverityLevel: 3,
  }
}
