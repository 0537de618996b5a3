import type { InferenceSession } from 'onnxruntime-common'
import { WorkerError, reason } from './worker-error.ts'
import type { WorkerSettings } from './protocol.ts'
import { type Runtime, sessionOptions } from './runtime.ts'

export interface OpenedSession {
  session: InferenceSession
  /** Why the requested execution provider is not used, for the log. */
  note?: string | undefined
}

/**
 * Creates the session with the requested execution providers, or on the CPU if they do not work.
 * @throws WorkerError `HD_MODEL`, when the model cannot be loaded
 */
export async function openSession(runtime: Runtime, settings: WorkerSettings): Promise<OpenedSession> {
  const { names, options } = chooseProviders(settings)
  if (names.length === 0) return { session: await openOnCpu(runtime, settings) }
  const missing = missingProviders(runtime, names)
  if (missing !== undefined) return { session: await openOnCpu(runtime, settings), note: fallBack(names, missing) }
  try {
    return { session: await create(runtime, settings, { executionProviders: [...options, 'cpu'] }) }
  } catch (error) {
    return { session: await openOnCpu(runtime, settings), note: fallBack(names, reason(error)) }
  }
}

/** The requested providers without the CPU, which is always tried last. */
function chooseProviders({ executionProviders }: WorkerSettings): {
  names: string[]
  options: InferenceSession.ExecutionProviderConfig[]
} {
  const options = executionProviders.filter((each) => nameOf(each) !== 'cpu')
  return { names: options.map(nameOf), options: options as InferenceSession.ExecutionProviderConfig[] }
}

function nameOf(provider: WorkerSettings['executionProviders'][number]): string {
  return typeof provider === 'string' ? provider : provider.name
}

/** Why the providers cannot be used, if this build of the runtime lacks one; the runtime itself would ignore it silently. */
function missingProviders({ name, ort }: Runtime, names: string[]): string | undefined {
  if (name === 'wasm') return 'onnxruntime-web has no execution providers, install onnxruntime-node'
  const present = ort.listSupportedBackends?.().map((backend) => backend.name)
  if (present === undefined || names.every((each) => present.includes(each))) return undefined
  return `onnxruntime-node supports only ${present.join(', ')} on ${process.platform}-${process.arch}`
}

function fallBack(names: string[], why: string): string {
  return `falling back to the CPU, because ${names.join(', ')} cannot be used: ${why}`
}

async function openOnCpu(runtime: Runtime, settings: WorkerSettings): Promise<InferenceSession> {
  try {
    return await create(runtime, settings)
  } catch (error) {
    throw new WorkerError(
      'HD_MODEL',
      `expected an ONNX model that the ${runtime.name} runtime can load: ${reason(error)}`,
      'Check that the file is complete, holds its weights itself (no external data) and uses standard operators',
      error,
    )
  }
}

function create(
  { name, ort }: Runtime,
  { model, threads }: WorkerSettings,
  changes: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  return ort.InferenceSession.create(model, { ...sessionOptions(name, threads), ...changes })
}
