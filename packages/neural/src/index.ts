export { neural } from './neural.ts'
export type { NeuralOptions } from './options.ts'
export type { ExecutionProvider } from './onnx/protocol.ts'
