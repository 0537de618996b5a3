import type { TileSettings } from '@unplugin-hd/core/tensor'
import type { WorkerErrorDetails } from './worker-error.ts'
import type { RgbImage } from '../image.ts'

export type RuntimeName = 'native' | 'wasm'

/** The settings of a worker, passed once at its start. Equal settings share one worker. */
export interface WorkerSettings extends TileSettings {
  /** The bytes of the ONNX file. */
  model: Uint8Array
  runtime: 'auto' | RuntimeName
  /** In order of preference, before the CPU. */
  executionProviders: ExecutionProvider[]
  threads: number
  /** The project's folder: the runtime is resolved from here as well. */
  cwd: string
}

/** An execution provider of ONNX Runtime: its name, or an object with its name and options. */
export type ExecutionProvider = string | { name: string; [option: string]: unknown }

/** The data that a worker starts with. */
export interface WorkerData {
  settings: WorkerSettings
  /** The memory of its `Brake`. */
  brake: SharedArrayBuffer
}

/** Sent to the worker, one image at a time. */
export type Request = { type: 'upscale'; image: RgbImage } | { type: 'abort' } | { type: 'end' }

/** Sent by the worker. */
export type Reply =
  | { type: 'ready'; runtime: RuntimeName; factor: number; nativeMissing: boolean; notes: string[] }
  /** No session could be created; the worker cannot be used. */
  | { type: 'unusable'; failure: WorkerErrorDetails }
  | { type: 'progress'; fraction: number }
  | { type: 'done'; image: RgbImage }
  | { type: 'failed'; failure: WorkerErrorDetails }
