// Converts the weights of an ONNX file to the engine's format: node convert.mjs MODEL.onnx MODEL.hdw [--float16]
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { writeWeights } from '../dist/index.mjs'
import { readLayers } from './onnx.mjs'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { float16: { type: 'boolean', default: false } } })
const [model, target] = positionals
if (target === undefined) throw new Error('usage: node convert.mjs MODEL.onnx MODEL.hdw [--float16]')
const bytes = writeWeights(readLayers(await readFile(model)), values.float16 ? 2 : 4)
await writeFile(target, bytes)
console.log(`${target}: ${bytes.length} bytes, digest ${Buffer.from(bytes.subarray(-32)).toString('hex')}`)
