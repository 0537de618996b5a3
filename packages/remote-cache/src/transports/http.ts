import { credentialsOf } from '@unplugin-hd/core'
import type { Authorise } from './object-store.ts'

/**
 * Plain HTTP: `https://host/path/<key>`, with the query of the URL kept.
 * @param token sent as a bearer token. @default the user name and password of the URL, if it has them
 */
export function authoriseHttp(base: string, token: string | undefined): Authorise {
  const url = new URL(base)
  const { origin, pathname, search } = url
  const { username, password } = credentialsOf(url)
  const folder = pathname.replace(/\/+$/, '')
  const authorization = token !== undefined ? `Bearer ${token}` : username !== '' ? basic(username, password) : undefined
  return async ({ key, body }) => ({
    url: `${origin}${folder}/${key}${search}`,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(body && { 'content-type': 'application/octet-stream' }),
    },
  })
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
