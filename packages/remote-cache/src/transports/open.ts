import { credentialsOf, escapedUrl, HdError, type Redactor, type ResolvedRemote, shownUrl } from '@unplugin-hd/core'
import { isExposed } from '@unplugin-hd/core/http'
import { readAwsConfig } from './aws-config.ts'
import { authoriseHttp } from './http.ts'
import { objectStore } from './object-store.ts'
import { redisTransport } from './redis.ts'
import { authoriseS3, s3Address, s3Folder } from './s3.ts'
import { storageTransport } from './storage.ts'
import type { Transport } from './transport.ts'

export interface OpenContext {
  root: string
  env: Readonly<Record<string, string | undefined>>
  redactor: Redactor
  warn: (text: string) => void
}

/** @throws HdError `HD_REMOTE` when something that it needs is missing */
export async function openTransport(remote: ResolvedRemote, { root, env, redactor, warn }: OpenContext): Promise<Transport> {
  if (remote.storage) return storageTransport(remote.storage, warn)
  const url = new URL(remote.url!)
  const token = env[remote.tokenEnv] || undefined
  const { password } = credentialsOf(url)
  redactor.add(token, password, url.search.slice(1))
  switch (url.protocol) {
    case 's3:': {
      const aws = await readAwsConfig(env)
      const address = s3Address(url.href, remote.endpoint ?? aws.endpoint, remote.region ?? aws.region ?? 'us-east-1')
      warnOfPlain(s3Folder(address), warn)
      if (!aws.credentials) {
        throw new HdError(
          'HD_REMOTE',
          'there are no credentials for S3, neither in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor in ~/.aws',
        )
      }
      redactor.add(aws.credentials.secretAccessKey, aws.credentials.sessionToken, aws.credentials.accessKeyId)
      return objectStore(authoriseS3(address, aws.credentials), remote.concurrency)
    }
    case 'redis:':
    case 'rediss:':
      return redisTransport(escapedUrl(url), password === '' ? token : undefined, remote.timeoutMs, root)
    default:
      warnOfPlain(url.href, warn)
      return objectStore(authoriseHttp(url.href, token), remote.concurrency)
  }
}

/** Where the store is, for messages. */
export function locationOf({ url }: ResolvedRemote): string {
  return url === undefined ? 'given by cache.remote' : shownUrl(url)
}

function warnOfPlain(url: string, warn: (text: string) => void): void {
  if (!isExposed(url)) return
  warn('http: is not encrypted: everybody on the way can read the token and replace entries. Use https:')
}
