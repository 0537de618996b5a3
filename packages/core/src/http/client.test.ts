import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HttpClient, type HttpRequest } from './client.ts'
import { withDeadline } from './deadline.ts'

/** A server that answers whatever is asked with these bytes. */
async function answering(...parts: string[]) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', () => {
      for (const part of parts) socket.write(part)
      if (parts.at(-1) === CUT) socket.destroySoon()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const client = new HttpClient(1)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const send = (ms: number, more: Partial<HttpRequest> = {}) =>
    withDeadline(ms, new AbortController().signal, (signal) =>
      client.send({ method: 'GET', url, headers: {}, maxBytes: 100, signal, ...more }),
    )
  return { send, sockets }
}

/** Ends the connection. */
const CUT = ''

const LONG = 60_000

test('reads an answer, and the words of an error', async () => {
  const good = await answering('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
  expect((await good.send(LONG)).body.toString()).toBe('hello')
  const bad = await answering('HTTP/1.1 500 No\r\ncontent-length: 5\r\n\r\nhello')
  expect(await bad.send(LONG, { maxErrorBytes: 3 })).toMatchObject({ status: 500, body: Buffer.from('hel') })
  expect(await bad.send(LONG)).toMatchObject({ status: 500, body: Buffer.alloc(0) })
  expect(bad.sockets.size).toBe(1)
})

test.each([
  ['before its answer', [CUT]],
  ['within the head', ['HTTP/1.1 200 OK\r\ncontent-le', CUT]],
  ['within the body', ['HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhel', CUT]],
  ['within a chunk', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel', CUT]],
  ['by what is no HTTP', ['good day\r\n\r\n']],
  ['by what is no chunk, together with the head', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno chunk\r\n']],
  ['by another protocol', ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n']],
])('fails when the connection ends %s', async (_, parts) => {
  const { send } = await answering(...parts)
  const error: unknown = await send(LONG).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toMatchObject({ kind: 'timeout' })
})

test.each([
  ['of an entry', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhel', {}],
  ['of an answer that is not wanted', 'HTTP/1.1 404 Not Found\r\ncontent-length: 50\r\n\r\n', {}],
  ['of an answer to what was sent', 'HTTP/1.1 201 Created\r\ncontent-length: 50\r\n\r\n', { method: 'PUT', maxBytes: 0 }],
] as const)('lets go of the connection when the body %s never ends', async (_, head, more) => {
  const { send, sockets } = await answering(head)
  await expect(send(200, more)).rejects.toMatchObject({ kind: 'timeout' })
  for (const socket of sockets) await once(socket, 'close')
  expect(sockets.size).toBe(0)
})

test('refuses what is too long, and stops reading it', async () => {
  const declared = await answering('HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n')
  await expect(declared.send(LONG)).rejects.toMatchObject({ kind: 'too-large' })
  const chunked = await answering(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n`)
  await expect(chunked.send(LONG)).rejects.toMatchObject({ kind: 'too-large' })
  const page = await answering(`HTTP/1.1 404 Not Found\r\ncontent-length: 999999\r\n\r\n${'x'.repeat(70_000)}`)
  expect((await page.send(LONG)).status).toBe(404)
  for (const { sockets } of [declared, chunked, page]) for (const socket of sockets) await once(socket, 'close')
})
