import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { serve } from './object-server.ts'
import { signaturesOf } from './s3-signature.ts'

export const S3_KEY = { id: 'AKIDEXAMPLE', secret: 'secret/of+the=bucket' }

export interface S3Server {
  endpoint: string
  /** By path: `/bucket/prefix/key`. */
  objects: Map<string, Buffer>
  /** Why requests were refused. */
  refusals: string[]
}

/** S3 on loopback: buckets by path, and each signature, digest of a body and time is checked as AWS does. @param now of its clock */
export async function s3Server(region: string, now: () => number = Date.now): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const refusals: string[] = []
  const endpoint = await serve(async (request, response) => {
    const body = await buffer(request)
    const { method = '', url: path = '', headers } = request
    const refusal = refusalOf({ method, path, headers }, body)
    if (refusal !== undefined) {
      refusals.push(refusal)
      return void response.writeHead(403).end(`<Error><Code>${refusal}</Code></Error>`)
    }
    if (method === 'PUT') {
      objects.set(path, body)
      return void response.writeHead(200).end()
    }
    const found = objects.get(path)
    response.writeHead(found ? 200 : 404, { 'content-length': found?.length ?? 0 })
    response.end(method === 'GET' ? found : undefined)
  })
  const refusalOf = (request: Parameters<typeof signaturesOf>[0], body: Buffer): string | undefined => {
    const signatures = signaturesOf(request, S3_KEY.secret)
    if (!signatures) return 'MissingSecurityHeader'
    if (signatures.keyId !== S3_KEY.id) return 'InvalidAccessKeyId'
    if (signatures.region !== region) return 'AuthorizationHeaderMalformed'
    if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signatures.signed.includes(name))) return 'AccessDenied'
    if (signatures.actual !== signatures.expected) return 'SignatureDoesNotMatch'
    if (createHash('sha256').update(body).digest('hex') !== request.headers['x-amz-content-sha256'])
      return 'XAmzContentSHA256Mismatch'
    const date = String(request.headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:')
    return Math.abs(Date.parse(date) - now()) > 15 * 60_000 ? 'RequestTimeTooSkewed' : undefined
  }
  return { endpoint, objects, refusals }
}
