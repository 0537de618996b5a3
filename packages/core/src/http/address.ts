/** An `http:` or `https:` URL without credentials, query and hash, so that messages may show it. */
export function isServerAddress(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, username, password, search, hash } = new URL(value)
  return /^https?:$/.test(protocol) && !(username || password || search || hash)
}

/** True for names of this machine that no other can answer for, and whose traffic no other sees. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** Whether others can read and change what is sent to a URL: `http:`, unless it is this machine. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !isLoopback(hostname)
}
