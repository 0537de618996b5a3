import { guarded, type Option, refusedOption, typeOf } from '@unplugin-hd/core'
import { isServerAddress } from '@unplugin-hd/core/http'

/** An `http:` or `https:` URL without credentials, query and hash. Messages do not show it, since it may hold a secret. */
export function address(fallback?: string): Option<string | undefined> {
  const expected = 'an https: URL without credentials, query and hash'
  return { ...guarded(expected, isServerAddress), default: fallback, show: typeOf }
}

/**
 * The address without a slash at its end.
 * @param mayBePlain whether `http:` is allowed for this host
 * @param plain the same in words, for the message
 * @throws HdError `HD_OPTION` for `http:` where it is not allowed
 */
export function checkedAddress(
  owner: string,
  name: string,
  value: string,
  mayBePlain: (hostname: string) => boolean,
  plain: string,
): string {
  const { protocol, hostname, origin, pathname } = new URL(value)
  if (protocol === 'http:' && !mayBePlain(hostname)) {
    throw refusedOption(owner, name, `'${origin}'`, `an https: URL (http: is only for ${plain})`)
  }
  return origin + pathname.replace(/\/+$/, '')
}
