import { hash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import type { AwsCredentials } from './aws-config.ts'
import type { Authorise } from './object-store.ts'

export interface S3Address {
  bucket: string
  /** Without slashes at its ends; may be empty. */
  prefix: string
  /** @default AWS */
  endpoint: string | undefined
  region: string
}

/** @param url `s3://bucket/prefix` */
export function s3Address(url: string, endpoint: string | undefined, region: string): S3Address {
  const { hostname: bucket, pathname } = new URL(url)
  return { bucket, prefix: pathname.replace(/^\/+|\/+$/g, ''), endpoint, region }
}

/** The folder of the entries, without a slash at its end. Every service but AWS understands the bucket in the path. */
export function s3Folder({ bucket, prefix, endpoint, region }: S3Address): string {
  const base =
    endpoint !== undefined
      ? `${endpoint.replace(/\/+$/, '')}/${bucket}`
      : bucket.includes('.')
        ? `https://s3.${region}.amazonaws.com/${bucket}`
        : `https://${bucket}.s3.${region}.amazonaws.com`
  return prefix === '' ? base : `${base}/${prefix}`
}

/** Signs requests with AWS Signature Version 4, the body included. */
export function authoriseS3(address: S3Address, { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials): Authorise {
  const folder = s3Folder(address)
  return async ({ method, key, body }) => {
    const signer = new AwsV4Signer({
      method,
      url: `${folder}/${key}`,
      headers: { 'x-amz-content-sha256': hash('sha256', body ?? '') },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      service: 's3',
      region: address.region,
    })
    const { url, headers } = await signer.sign()
    return { url: url.href, headers: Object.fromEntries(headers) }
  }
}
