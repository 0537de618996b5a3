/** One image of a `srcset`. */
export interface Candidate {
  url: string
  /** `2x`, `300w`, or '' for none. */
  descriptor: string
}

/**
 * The candidates of a `srcset` attribute.
 * @see https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute
 */
export function parseSrcset(text: string): Candidate[] {
  const candidates: Candidate[] = []
  let rest = text
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '')
    if (rest === '') return candidates
    const [url] = /^\S+/.exec(rest)!
    rest = rest.slice(url.length)
    // A comma at the end of the URL ends a candidate without a descriptor.
    if (url.endsWith(',')) {
      candidates.push({ url: url.replace(/,+$/, ''), descriptor: '' })
      continue
    }
    const [descriptor] = /^(?:\([^)]*\)|[^,])*/.exec(rest)!
    rest = rest.slice(descriptor.length)
    candidates.push({ url, descriptor: descriptor.trim() })
  }
}

export function formatSrcset(candidates: readonly Candidate[]): string {
  return candidates.map(({ url, descriptor }) => (descriptor ? `${url} ${descriptor}` : url)).join(', ')
}
