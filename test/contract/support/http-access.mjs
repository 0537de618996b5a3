// Emulates CloudBase's HTTP access (HTTP 访问服务): turns requests into events for the `main` of a cloud function, with the documented
// size limits. The first argument is the folder of the function; the port is printed to stdout.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const MAX_TEXT_BYTES = 100 * 1024
const MAX_OTHER_BYTES = 6 * 2 ** 20
const MAX_ANSWER_BYTES = 2 ** 20

const { main } = createRequire(import.meta.url)(process.argv[2])

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const url = new URL(request.url, 'http://x')
  const refuse = (status, code) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code }))
  if (url.pathname !== '/hd') return refuse(404, 'INVALID_PATH')
  const isText = /^(?:text\/|application\/json)/.test(request.headers['content-type'] ?? 'text/plain')
  if (body.length > (isText ? MAX_TEXT_BYTES : MAX_OTHER_BYTES)) return refuse(413, 'EXCEED_MAX_PAYLOAD_SIZE')
  const event = {
    path: '/',
    httpMethod: request.method,
    headers: request.headers,
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: { requestId: 'r', envId: 'env-test' },
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
  const result = await main(event, {})
  if (Buffer.byteLength(JSON.stringify(result)) > MAX_ANSWER_BYTES) return refuse(500, 'EXCEED_MAX_RESPONSE_SIZE')
  response.writeHead(result.statusCode, result.headers).end(Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8'))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
