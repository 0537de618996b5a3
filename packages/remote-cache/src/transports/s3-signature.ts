import { createHmac, hash } from 'node:crypto'
import type { AwsCredentials } from './aws-config.ts'

export interface SignedRequest {
  method: string
  /** Without a query. */
  url: string
  body: Buffer | undefined
  region: string
}

/**
 * The headers that authorise a request to S3 by AWS Signature Version 4, its body included. By Node's own functions, which are
 * synchronous: a build signs hundreds of requests, and does nothing else at the time.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signS3(
  { method, url, body, region }: SignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: Date,
): Record<string, string> {
  const { host, pathname } = new URL(url)
  const date = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    host,
    'x-amz-content-sha256': hash('sha256', body ?? ''),
    'x-amz-date': date,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = [method, pathname, '', lines.join(''), names, headers['x-amz-content-sha256']].join('\n')
  const scope = [date.slice(0, 8), region, 's3', 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash('sha256', canonical)].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const credential = `${accessKeyId}/${scope.join('/')}`
  const signature = hmac(key, text).toString('hex')
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The path as S3 encodes it before it checks the signature: everything but letters, digits and `-._~`. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/')
}

function encodeSegment(segment: string): string {
  const encoded = encodeURIComponent(decoded(segment))
  return encoded.replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A percent sign that begins no escape stands for itself.
    return segment
  }
}
