import type { AwsCredentials } from './aws-config.ts'
import type { Authorise } from './object-store.ts'
import { encodePath, signS3 } from './s3-signature.ts'

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
export function authoriseS3(address: S3Address, credentials: AwsCredentials): Authorise {
  const { origin, pathname } = new URL(s3Folder(address))
  const folder = origin + encodePath(pathname)
  return async ({ method, key, body }) => {
    const url = `${folder}/${key}`
    return { url, headers: signS3({ method, url, body, region: address.region }, credentials, new Date()) }
  }
}
