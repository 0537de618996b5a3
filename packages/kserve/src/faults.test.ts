import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pixels, UpscaleContext, Upscaler } from '@unplugin-hd/core'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createContext, drawImage, repeatPixels, toInput } from '../../neural/src/testing/images.ts'
import { nearestModel } from '../../neural/src/testing/onnx.ts'
import { serve } from '../../remote-cache/src/testing/object-server.ts'
import { kserve } from './kserve.ts'
import type { KserveOptions } from './options.ts'
import { type Encoded, type InferenceServer, inferenceServer } from './testing/inference-server.ts'
import { onnx } from './testing/onnx.ts'

afterEach(() => vi.unstubAllEnvs())

const IMAGE = drawImage(60, 40)

async function serverOfRepeats(): Promise<InferenceServer> {
  return inferenceServer({ net: await onnx(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2])) })
}

function remote({ url }: { url: string }, options: Partial<KserveOptions> = {}): Upscaler {
  const upscaler = kserve({ url, model: 'net', ...options })
  onTestFinished(() => upscaler.close?.())
  return upscaler
}

async function double(upscaler: Upscaler, context: UpscaleContext = createContext()): Promise<Pixels> {
  return (await upscaler.upscale(toInput(IMAGE), context)) as Pixels
}

type Fault = (request: IncomingMessage, response: ServerResponse) => unknown

function always(fault: Fault) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    fault(request, response)
    return true
  }
}

/** Answers so many inferences by a fault, and then lets the server answer. */
function firstInferences(count: number, fault: Fault) {
  let left = count
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'POST' || left-- <= 0) return false
    fault(request, response)
    return true
  }
}

function busy(status: number) {
  return (_: IncomingMessage, response: ServerResponse) => response.writeHead(status, { 'retry-after': '0' }).end()
}

/** Sends without end. */
function flood(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200)
  const chunk = Buffer.alloc(1 << 20)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}

describe('a request is repeated', () => {
  test.each([408, 429, 502, 503, 504])('after HTTP %i, as soon as the server says', async (status) => {
    const server = await serverOfRepeats()
    server.fault = firstInferences(2, busy(status))
    expect((await double(remote(server))).data).toEqual(repeatPixels(IMAGE))
  })

  test('after a connection that was cut', async () => {
    const server = await serverOfRepeats()
    server.fault = firstInferences(1, (request) => request.socket.destroy())
    expect((await double(remote(server))).data).toEqual(repeatPixels(IMAGE))
  })

  test('no more often than `retries` says, and not at all when the wait would be too long', async () => {
    const server = await serverOfRepeats()
    server.fault = always(busy(503))
    await expect(double(remote(server, { retries: 2 }))).rejects.toMatchObject({ code: 'KSERVE_UNAVAILABLE', status: 503 })
    expect(server.requests).toHaveLength(3)
    server.fault = (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end()
    await expect(double(remote(server))).rejects.toMatchObject({ code: 'KSERVE_UNAVAILABLE' })
    expect(server.requests).toHaveLength(4)
  })

  test('not after an answer that would be the same again', async () => {
    const server = await serverOfRepeats()
    server.fault = (_, response) => response.writeHead(500).end()
    await expect(double(remote(server))).rejects.toMatchObject({ code: 'KSERVE_UNAVAILABLE', status: 500 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('a server that', () => {
  test.each<[string, Fault, string, RegExp]>([
    ['is silent', () => undefined, 'KSERVE_NETWORK', /no complete answer within 300 ms/],
    ['begins and is silent', (_, response) => response.writeHead(200).write('{'), 'KSERVE_NETWORK', /within 300 ms/],
    ['sends without end', flood, 'KSERVE_RESPONSE', /more than \d+ bytes/],
    [
      'announces 10 GB',
      (_, response) => response.writeHead(200, { 'content-length': 10e9 }).flushHeaders(),
      'KSERVE_RESPONSE',
      /more than \d+ bytes/,
    ],
    [
      'redirects',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      'KSERVE_RESPONSE',
      /HTTP 307.*redirects are not followed/,
    ],
    ['wants credentials', (_, response) => response.writeHead(401).end(), 'KSERVE_DENIED', /HTTP 401.*tokenEnv/],
    ['forbids', (_, response) => response.writeHead(403).end(), 'KSERVE_DENIED', /HTTP 403/],
    [
      'is a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
      'KSERVE_RESPONSE',
      /no JSON object.*log-in page/,
    ],
    [
      'has another path',
      (_, response) => response.writeHead(404).end('<h1>Not Found</h1>'),
      'KSERVE_MODEL',
      /HTTP 404 to the request for the metadata of the model$/,
    ],
    ['answers with a list', (_, response) => response.end('[]'), 'KSERVE_RESPONSE', /no JSON object/],
    ['has no metadata', (_, response) => response.end('{"name":"net"}'), 'KSERVE_RESPONSE', /no list 'inputs'/],
  ])('%s is refused with a code, for the metadata and for inferences', async (_, fault, code, message) => {
    const server = await serverOfRepeats()
    server.fault = always(fault)
    await expect(double(remote(server, { timeoutMs: 300 }))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    server.fault = firstInferences(Infinity, fault)
    await expect(double(remote(server, { timeoutMs: 300 }))).rejects.toMatchObject({ code })
  })

  test('is not there is said with the system error', async () => {
    await expect(double(remote({ url: 'http://127.0.0.1:9' }, { retries: 0 }))).rejects.toMatchObject({
      code: 'KSERVE_NETWORK',
      message: expect.stringMatching(/ECONNREFUSED.*option `url`/),
    })
  })

  test('does not work is not asked by every image', async () => {
    const server = await serverOfRepeats()
    server.fault = (_, response) => response.writeHead(503).end()
    const upscaler = remote(server, { retries: 0 })
    await expect(double(upscaler)).rejects.toMatchObject({ told: false })
    await expect(double(upscaler)).rejects.toMatchObject({ code: 'KSERVE_UNAVAILABLE', told: true })
    expect(server.requests).toHaveLength(1)
    await upscaler.close?.()
    server.fault = undefined
    expect(await double(upscaler)).toMatchObject({ width: 120 })
  })

  test('hangs costs the time for as many images as may ask at once, and is told once', async () => {
    const server = await serverOfRepeats()
    const upscaler = remote(server, { timeoutMs: 300, concurrency: 2 })
    await double(upscaler)
    const before = server.requests.length
    server.fault = always(() => undefined)
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => double(upscaler)))
    const errors = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string; told: boolean }) : undefined,
    )
    expect(new Set(errors.map((error) => error?.code))).toEqual(new Set(['KSERVE_NETWORK']))
    expect(errors.filter((error) => !error?.told)).toHaveLength(1)
    expect(server.requests.length - before).toBe(2)
  })

  test('has got another model is asked again for its metadata', async () => {
    const server = await serverOfRepeats()
    const upscaler = remote(server)
    await double(upscaler)
    server.models.set('net', await onnx(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 4, 4])))
    await expect(double(upscaler)).rejects.toMatchObject({
      code: 'KSERVE_RESPONSE',
      message: expect.stringMatching(/expected a tensor of/),
    })
    expect(await double(upscaler)).toMatchObject({ width: 120, height: 80 })
  })
})

function outputOf({ json }: Encoded): Record<string, unknown> {
  return (json['outputs'] as Record<string, unknown>[])[0]!
}

function withOutput(answer: Encoded, changes: object): Encoded {
  return { ...answer, json: { ...answer.json, outputs: [{ ...outputOf(answer), ...changes }] } }
}

describe('an answer to an inference', () => {
  test.each<[string, (answer: Encoded) => Encoded, RegExp]>([
    [
      'is cut off',
      (answer) => ({ ...answer, binary: answer.binary.subarray(1) }),
      /cut off: \d+ bytes of \d+ of the tensor 'enlarged'/,
    ],
    [
      'is too long',
      (answer) => ({ ...answer, binary: Buffer.concat([answer.binary, Buffer.of(0)]) }),
      /1 bytes that belong to no tensor/,
    ],
    [
      'states another size',
      (answer) => withOutput(answer, { parameters: { binary_data_size: 7 } }),
      /tensor of 7 bytes, its shape .* in UINT8 needs/,
    ],
    ['states a negative size', (answer) => withOutput(answer, { parameters: { binary_data_size: -1 } }), /-1 bytes/],
    ['states no number as size', (answer) => withOutput(answer, { parameters: { binary_data_size: 'tok-en/1' } }), /NaN bytes/],
    ['has another type', (answer) => withOutput(answer, { datatype: 'INT8' }), /type INT8, expected FP32, FP16 or UINT8/],
    [
      'has another shape of the same size',
      (answer) => withOutput(answer, { shape: (outputOf(answer)['shape'] as number[]).toReversed() }),
      /the model returned \[|it turned/,
    ],
    ['has no shape', (answer) => withOutput(answer, { shape: 'none' }), /without a name or without a shape/],
    ['has no length', (answer) => withOutput(answer, { shape: [1, 3, 0, 0] }), /without a name or without a shape/],
    ['has another output', (answer) => withOutput(answer, { name: 'other' }), /no output 'enlarged'/],
    ['has no outputs', (answer) => ({ ...answer, json: {} }), /no list of outputs/],
    [
      'has its tensor nowhere',
      (answer) => withOutput({ ...answer, binary: Buffer.alloc(0) }, { parameters: {} }),
      /has 0 values in the tensor/,
    ],
    [
      'has words for numbers',
      (answer) => withOutput({ ...answer, binary: Buffer.alloc(0) }, { parameters: {}, data: ['a'] }),
      /values in the tensor/,
    ],
  ])('that %s is refused', async (_, tamper, message) => {
    const server = await serverOfRepeats()
    const upscaler = remote(server)
    await double(upscaler)
    server.tamper = tamper
    await expect(double(upscaler)).rejects.toMatchObject({ code: 'KSERVE_RESPONSE', message: expect.stringMatching(message) })
  })

  test('may have its values in nested lists', async () => {
    const server = await serverOfRepeats()
    const rows = (data: Buffer, [length, ...inner]: number[]): unknown =>
      inner.length === 0
        ? [...data]
        : Array.from({ length: length! }, (_, index) => {
            const size = data.length / length!
            return rows(data.subarray(index * size, (index + 1) * size), inner)
          })
    server.tamper = (answer) => {
      const data = rows(answer.binary, outputOf(answer)['shape'] as number[])
      return withOutput({ ...answer, binary: Buffer.alloc(0) }, { parameters: {}, data })
    }
    expect((await double(remote(server))).data).toEqual(repeatPixels(IMAGE))
  })
})

describe('a model that does not fit', () => {
  test.each([
    [
      'enlarges one axis',
      nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 1]),
      /enlarges width and height by the same whole factor/,
    ],
    ['enlarges too much', nearestModel('uint8', ['n', 'h', 'w', 3], [1, 9, 9, 1]), /at most 8/],
    [
      'takes four channels',
      nearestModel('uint8', [1, 4, 'h', 'w'], [1, 1, 2, 2]),
      /expected 3 channels or 1, the input is \[1, 4, -1, -1\]/,
    ],
    ['takes images that are too large', nearestModel('uint8', [1, 3, 64, 8192], [1, 1, 2, 2]), /at most 4096 in each dimension/],
    ['takes three dimensions', nearestModel('uint8', [3, 'h', 'w'], [1, 2, 2]), /expected 4 dimensions/],
  ])('is refused: it %s', async (_, bytes, message) => {
    const server = await inferenceServer({ net: await onnx(bytes) })
    await expect(double(remote(server))).rejects.toMatchObject({ code: 'HD_MODEL', message: expect.stringMatching(message) })
  })

  test('is refused: it takes another type', async () => {
    const model = await onnx(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2]))
    const server = await inferenceServer({ net: { ...model, datatype: 'INT8' as 'UINT8' } })
    await expect(double(remote(server))).rejects.toMatchObject({
      code: 'HD_MODEL',
      message: expect.stringContaining('expected FP32, FP16 or UINT8, the input is INT8'),
    })
  })

  test('is refused in the words of the server', async () => {
    const model = await onnx(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2]))
    const server = await inferenceServer({ net: { ...model, run: () => Promise.reject(new Error('out of memory')) } })
    await expect(double(remote(server))).rejects.toMatchObject({
      code: 'KSERVE_MODEL',
      message: expect.stringContaining('HTTP 400 to the request for an inference: out of memory'),
    })
  })
})

function afterLetters(length: number): string {
  return `${'x'.repeat(length)}tok-en/1`
}

function echo(text: string): Fault {
  return (_, response) => response.writeHead(400).end(text)
}

describe('the token', () => {
  test('is sent with every request', async () => {
    vi.stubEnv('UNPLUGIN_HD_KSERVE_TOKEN', 'tok-en/1')
    const server = await serverOfRepeats()
    await double(remote(server))
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer tok-en/1']))
    vi.stubEnv('OTHER', 'an-other')
    await double(remote(server, { tokenEnv: 'OTHER' }))
    expect(server.requests.at(-1)!.headers.authorization).toBe('Bearer an-other')
  })

  test('may go with other headers, whose values are shown as little', async () => {
    const server = await serverOfRepeats()
    const upscaler = remote(server, { headers: { Host: 'net.example.com', 'x-api-key': 'the-api-key' } })
    await double(upscaler)
    expect(server.requests.at(-1)!.headers).toMatchObject({ host: 'net.example.com', 'x-api-key': 'the-api-key' })
    server.fault = always(echo('no the-api-key here'))
    await expect(double(upscaler)).rejects.toMatchObject({
      message: expect.stringContaining('HTTP 400 to the request for an inference: no *** here'),
    })
  })

  test('is in no error and no report, also where the server repeats it', async () => {
    vi.stubEnv('UNPLUGIN_HD_KSERVE_TOKEN', 'tok-en/1')
    const server = await serverOfRepeats()
    const said: unknown[] = []
    const [input, output] = ['x', 'y'].map((name) => ({ name, datatype: 'FP32', shape: [1, 3, -1, -1] }))
    const metadata = { name: 'net', inputs: [input], outputs: [output] }
    const answers: object[] = [
      { ...metadata, inputs: [{ ...input, datatype: 'tok-en/1' }] },
      { ...metadata, inputs: [{ ...input, name: afterLetters(1990) }] },
      { ...metadata, platform: afterLetters(95), versions: [afterLetters(70), 'tok-en/1'] },
      { ...metadata, outputs: [{ ...output, name: 'tok-en/1' }] },
    ]
    const faults: Fault[] = [
      echo('{"error":"tok-en/1"}'),
      echo(afterLetters(495)),
      ...answers.map(
        (answer): Fault =>
          (_, response) =>
            response.end(JSON.stringify(answer)),
      ),
    ]
    for (const fault of faults) {
      server.fault = always(fault)
      said.push(await double(remote(server)).catch((error: unknown) => error))
      said.push(await remote(server).check!({ signal: new AbortController().signal }))
    }
    expect(said).toHaveLength(12)
    for (const each of said) {
      const text = each instanceof Error ? `${each.message}${each.stack}${JSON.stringify(each)}` : JSON.stringify(each)
      expect(text).not.toMatch(/tok-e/)
    }
  })
})

test('work under way ends when it is cancelled, and when the upscaler is closed', async () => {
  const server = await serverOfRepeats()
  const waiting = new Promise<void>((resolve) => (server.fault = firstInferences(Infinity, () => resolve())))
  const controller = new AbortController()
  const cancelled = double(remote(server), createContext({ signal: controller.signal }))
  await waiting
  controller.abort()
  await expect(cancelled).rejects.toMatchObject({ code: 'HD_ABORTED' })

  const upscaler = remote(server)
  const closed = double(upscaler)
  closed.catch(() => undefined)
  await upscaler.close?.()
  await expect(closed).rejects.toMatchObject({ code: 'HD_ABORTED' })
})

test('http: is warned about once, unless it is this machine', async () => {
  const warnings: string[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: (text: string) => void warnings.push(text) }
  const far = remote({ url: 'http://inference.invalid' }, { retries: 0 })
  await expect(double(far, createContext({ log }))).rejects.toMatchObject({ code: 'KSERVE_NETWORK' })
  await double(far, createContext({ log })).catch(() => undefined)
  await double(remote(await serverOfRepeats()), createContext({ log }))
  expect(warnings).toEqual([expect.stringContaining('http: is not encrypted')])
})

describe('hd doctor', () => {
  const signal = new AbortController().signal

  test('says what the server has, and runs nothing', async () => {
    vi.stubEnv('UNPLUGIN_HD_KSERVE_TOKEN', 'tok-en/1')
    const server = await serverOfRepeats()
    expect(await remote(server).check!({ signal })).toEqual({
      ok: true,
      facts: {
        server: server.url,
        model: 'net',
        token: 'from UNPLUGIN_HD_KSERVE_TOKEN',
        answer: expect.stringMatching(/^\d+ ms$/),
        version: "the server's choice of 1",
        platform: 'test',
        input: 'UINT8 [-1, 3, -1, -1]',
      },
    })
    expect(server.inferences()).toEqual([])
  })

  test.each([
    ['knows no such model', { model: 'other' }, 'KSERVE_MODEL', /unknown model/],
    ['knows no such version', { version: 7 }, 'KSERVE_MODEL', /no version 7/],
  ])('says that the server %s', async (_, options, code, advice) => {
    const check = await remote(await serverOfRepeats(), options).check!({ signal })
    expect(check).toMatchObject({ ok: false, facts: { code }, advice: expect.stringMatching(advice) })
  })

  test.each([
    ['is not ready by its status', (response: ServerResponse) => response.writeHead(503).end()],
    ['is not ready by its words', (response: ServerResponse) => response.end('{"name":"net","ready":false}')],
  ])('says that the model %s', async (_, answer) => {
    const server = await serverOfRepeats()
    server.fault = (request, response) => request.url!.endsWith('/ready') && answer(response)
    const check = await remote(server).check!({ signal })
    expect(check).toMatchObject({ ok: false, facts: { code: 'KSERVE_UNAVAILABLE' } })
  })

  test('says what is there although it is none that enlarges images', async () => {
    const url = await serve((request, response) =>
      response.end(request.url!.endsWith('/ready') ? '' : '{"inputs":[],"outputs":[]}'),
    )
    expect(await remote({ url }).check!({ signal })).toMatchObject({ ok: false, facts: { code: 'HD_MODEL' } })
  })
})
