const HIDDEN = '***'

/** A URL without credentials and query, which may hold a token. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

/** User name and password of a URL, decoded. */
export function credentialsOf({ username, password }: URL): { username: string; password: string } {
  return { username: decoded(username), password: decoded(password) }
}

/** A URL whose credentials every library can decode: a percent sign that stands for itself is escaped. */
export function escapedUrl(url: URL): string {
  const { username, password } = credentialsOf(url)
  return Object.assign(new URL(url), { username: encodeURIComponent(username), password: encodeURIComponent(password) }).href
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    return text
  }
}

/** Replaces everything secret in text that comes from libraries and servers. */
export class Redactor {
  readonly #secrets = new Set<string>()

  /** @param secrets those that are not set are left out */
  add(...secrets: (string | undefined)[]): void {
    for (const secret of secrets) if (secret) this.#secrets.add(secret).add(encodeURIComponent(secret))
  }

  redact(text: string): string {
    let shown = text.replace(/\b([a-z][a-z\d+.-]*:\/\/)[^/\s@]*@/gi, `$1${HIDDEN}@`)
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN)
    return shown
  }
}
