export { neural } from './neural.ts'
export type { NeuralOptions } from './options.ts'
export type { ExecutionProvider } from './protocol.ts'
