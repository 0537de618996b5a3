import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface SignedRequest {
  method: string
  /** As it was sent, with its query. */
  path: string
  headers: IncomingHttpHeaders
}

const AUTHORIZATION_RE =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([\da-f]{64})$/

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** What AWS Signature Version 4 says the signature of a request must be, and the one that it has. */
export function signaturesOf(
  { method, path, headers }: SignedRequest,
  secret: string,
): { expected: string; actual: string; keyId: string; region: string; signed: string[] } | undefined {
  const [, keyId, date, region, names, actual] = AUTHORIZATION_RE.exec(headers.authorization ?? '') ?? []
  if (keyId === undefined || date === undefined || region === undefined || names === undefined || actual === undefined)
    return undefined
  const [pathname = '', query = ''] = path.split('?')
  const signed = names.split(';')
  const canonical = [
    method,
    pathname,
    query.split('&').toSorted().join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${date}/${region}/s3/aws4_request`, sha256(canonical)].join('\n')
  const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return { expected: hmac(key, text).toString('hex'), actual, keyId, region, signed }
}
