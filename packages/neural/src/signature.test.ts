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
  [[1, 3, 'h', 'w'], ['NCHW']],
  [[1, 'h', 'w', 3], ['NHWC']],
  [['', 3, '', ''], ['NCHW']],
  [[1, 3, 64, 64], ['NCHW']],
  [[1, 64, 48, 3], ['NHWC']],
  [
    ['n', 'c', 'h', 'w'],
    ['NCHW', 'NHWC'],
  ],
  [[], ['NCHW', 'NHWC']],
  [
    [1, 3, 'h', 3],
    ['NCHW', 'NHWC'],
  ],
])('an input of %j may be %j', (shape, layouts) => {
  expect(readSignature(createSession(shape)).layouts).toEqual(layouts)
})

test('fixed sizes are told apart from open ones', () => {
  expect(readSignature(createSession([1, 3, 64, 'w'])).size.NCHW).toEqual({ height: 64, width: undefined })
  expect(readSignature(createSession([1, 64, 48, 3])).size.NHWC).toEqual({ height: 64, width: 48 })
})

test('a runtime too old to tell shapes is named as the cause', () => {
  const session = { inputNames: ['x'], outputNames: ['y'] } as unknown as InferenceSession
  expect(() => readSignature(session)).toThrow(/does not tell the shapes/)
})
