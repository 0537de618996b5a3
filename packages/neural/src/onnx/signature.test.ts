import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { expect, test } from 'vitest'
import { readSignature } from './signature.ts'

function createSession(shape: (number | string)[], type: Tensor.Type = 'float32'): InferenceSession {
  const input = { name: 'x', isTensor: true, type, shape }
  const output = { name: 'y', isTensor: true, type, shape: [] }
  return {
    inputNames: ['x'],
    outputNames: ['y'],
    inputMetadata: [input],
    outputMetadata: [output],
  } as unknown as InferenceSession
}

test.each([
  [[1, 3, 'h', 'w'], ['NCHW 3']],
  [[1, 'h', 'w', 3], ['NHWC 3']],
  [['', 3, '', ''], ['NCHW 3']],
  [[1, 3, 64, 64], ['NCHW 3']],
  [[1, 64, 48, 3], ['NHWC 3']],
  [[1, 1, 'h', 'w'], ['NCHW 1']],
  [[1, 224, 224, 1], ['NHWC 1']],
  [
    ['n', 'c', 'h', 'w'],
    ['NCHW 3', 'NHWC 3', 'NCHW 1', 'NHWC 1'],
  ],
  [
    ['n', 'c', 64, 64],
    ['NCHW 3', 'NCHW 1'],
  ],
  [[], ['NCHW 3', 'NHWC 3', 'NCHW 1', 'NHWC 1']],
  [
    [1, 3, 'h', 3],
    ['NCHW 3', 'NHWC 3'],
  ],
])('an input of %j may be %j', (shape, expected) => {
  const { readings } = readSignature(createSession(shape))
  expect(readings.map(({ layout, channels }) => `${layout} ${channels}`)).toEqual(expected)
})

test('distinguishes fixed sizes from open ones', () => {
  expect(readSignature(createSession([1, 3, 64, 'w'])).size.NCHW).toEqual({ height: 64, width: undefined })
  expect(readSignature(createSession([1, 64, 48, 3])).size.NHWC).toEqual({ height: 64, width: 48 })
})

test('reports a runtime that is too old to report shapes', () => {
  const session = { inputNames: ['x'], outputNames: ['y'] } as unknown as InferenceSession
  expect(() => readSignature(session)).toThrow(/does not report the shapes/)
})
