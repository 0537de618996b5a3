import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { hasNativeBinary } from './advice.ts'
import { WorkerError, reason } from './worker-error.ts'
import type { RuntimeName, WorkerSettings } from './protocol.ts'

/** The used subset of ONNX Runtime's API, the same in both builds. */
export interface Ort {
  InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> }
  Tensor: typeof Tensor
  env: { wasm: { numThreads?: number }; logLevel?: string }
  /** Only in onnxruntime-node: the execution providers of this build. */
  listSupportedBackends?(): { name: string }[]
}

export interface Runtime {
  name: RuntimeName
  ort: Ort
  /** onnxruntime-node supports this machine but is not installed. */
  nativeMissing: boolean
  /** Why an expected runtime was not used, for the log. */
  note?: string | undefined
}

const NATIVE = '`ONNXRUNTIME_NODE_INSTALL=skip npm install -D onnxruntime-node`'
const WEB = '`npm install -D onnxruntime-web`'

/**
 * Loads the requested runtime, which the user installs: `'native'` is onnxruntime-node, `'wasm'` onnxruntime-web, and `'auto'` the
 * first if it is installed and loads, otherwise the second. @throws WorkerError `HD_RUNTIME`, which says what to install
 */
export async function loadRuntime({
  runtime,
  threads,
  cwd,
}: Pick<WorkerSettings, 'runtime' | 'threads' | 'cwd'>): Promise<Runtime> {
  if (runtime === 'wasm') {
    const web = loadWeb(threads, cwd)
    if (web === undefined) throw new WorkerError('HD_RUNTIME', 'onnxruntime-web is not installed', `Install it: ${WEB}`)
    return { name: 'wasm', ort: web, nativeMissing: false }
  }
  const { ort, failure } = loadNative(cwd)
  if (ort !== undefined) return { name: 'native', ort, nativeMissing: false }
  if (runtime === 'native') {
    throw new WorkerError('HD_RUNTIME', failure ?? 'onnxruntime-node is not installed', `Install it: ${NATIVE}`)
  }
  const web = loadWeb(threads, cwd)
  if (web !== undefined) {
    const nativeMissing = failure === undefined && hasNativeBinary(process.platform, process.arch, hasGlibc())
    return { name: 'wasm', ort: web, nativeMissing, note: failure && `${failure}; onnxruntime-web is used, which is slower` }
  }
  if (failure !== undefined)
    throw new WorkerError('HD_RUNTIME', failure, `Reinstall it, or install the slower onnxruntime-web: ${WEB}`)
  throw new WorkerError(
    'HD_RUNTIME',
    'a model of your own needs an ONNX runtime, and none is installed',
    `Install one: ${NATIVE}, or ${WEB}, which is slower but runs everywhere`,
  )
}

/** `failure` says why an installed onnxruntime-node does not load: no binary for this platform (Intel Macs, musl), or an incomplete install. */
function loadNative(cwd: string): { ort?: Ort; failure?: string } {
  const file = find('onnxruntime-node', cwd)
  if (file === undefined) return {}
  try {
    return { ort: createRequire(import.meta.url)(file) as Ort }
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`
    return { failure: `onnxruntime-node is installed but does not load on ${platform}: ${reason(error)}` }
  }
}

function loadWeb(threads: number, cwd: string): Ort | undefined {
  const file = find('onnxruntime-web', cwd)
  if (file === undefined) return undefined
  try {
    const ort = createRequire(import.meta.url)(file) as Ort
    ort.env.wasm.numThreads = threads
    ort.env.logLevel = 'error'
    return ort
  } catch (error) {
    throw new WorkerError('HD_RUNTIME', `onnxruntime-web does not load: ${reason(error)}`, `Reinstall it: ${WEB}`, error)
  }
}

/** Resolves from this package first (a hoisted or peer install), then from the user's project, which pnpm isolates. */
function find(name: string, cwd: string): string | undefined {
  for (const origin of [import.meta.url, join(cwd, 'package.json')]) {
    try {
      return createRequire(origin).resolve(name)
    } catch {
      // Not installed here.
    }
  }
  return undefined
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime !== undefined
}

/** Session options. Memory patterns are off: they plan one block per shape, which costs 60 MB at 416x416 and gains no time. */
export function sessionOptions(runtime: RuntimeName, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [runtime === 'native' ? 'cpu' : 'wasm'],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    // 3: errors only, because ONNX Runtime writes warnings about a model's graph straight to stderr.
    logSeverityLevel: 3,
  }
}
