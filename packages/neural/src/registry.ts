import { Inference } from './onnx/inference.ts'
import type { WorkerSettings } from './onnx/protocol.ts'

/** The inferences of this process by their settings, each with the upscalers that use it. */
const inferences = new Map<string, { inference: Inference; users: Set<object> }>()

const SCRIPT = new URL('./worker.mjs', import.meta.url)

/** The inference for these settings, shared by all who ask with the same `key`; `user` holds it until {@link returnInference}. */
export function borrowInference(key: string, user: object, settings: () => WorkerSettings): Inference {
  let entry = inferences.get(key)
  if (entry === undefined) {
    entry = { inference: new Inference(SCRIPT, settings), users: new Set() }
    inferences.set(key, entry)
  }
  entry.users.add(user)
  return entry.inference
}

/** Gives the inference back; its worker ends with its last user. */
export async function returnInference(key: string, user: object): Promise<void> {
  const entry = inferences.get(key)
  if (entry === undefined || !entry.users.delete(user) || entry.users.size > 0) return
  inferences.delete(key)
  await entry.inference.stop()
}
