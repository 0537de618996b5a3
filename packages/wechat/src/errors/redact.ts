const HIDDEN = '***'

/** Shorter values would match inside ordinary text. Real tokens and secrets are far longer. */
const SHORTEST = 4

/** `access_token=…`, `"secret": "…"`, `?sign=…`, also percent-encoded: the values of these names are always hidden. */
const NAMED =
  /((?:[a-z]+_)*access_token|(?:app)?secret|img_?url|(?<=[?&])(?:q-)?sign(?:ature)?)(["']?\s*(?:[=:]|%3D|%3A)\s*["']?)(?!\*\*\*)(?:[^\s&"'#<>\\,;)}]+)/gi

/** Removes the secrets of one client from messages and causes. */
export class Redactor {
  readonly #literals = new Set<string>()

  /** Hides this value from now on. */
  learn(secret: string | undefined): void {
    if (secret === undefined || secret.length < SHORTEST) return
    this.#literals.add(secret).add(encodeURIComponent(secret))
  }

  text(value: string): string {
    let text = value
    for (const literal of this.#literals) text = text.replaceAll(literal, HIDDEN)
    return text.replace(NAMED, `$1$2${HIDDEN}`)
  }

  /**
   * A copy of the chain of causes with only name, code, message and stack, because libraries attach requests with headers and
   * URLs to their errors.
   * @param depth how many levels of nested causes are kept
   */
  cause(value: unknown, depth = 4): unknown {
    try {
      return this.#copy(value, depth)
    } catch {
      // A getter, or a proxy.
      return new Error('an error that cannot be read')
    }
  }

  #copy(value: unknown, depth: number): unknown {
    if (value === undefined || value === null) return undefined
    if (!(value instanceof Error)) return new Error(this.text(describe(value)))
    const nested = depth > 0 ? this.cause(value.cause ?? firstOf(value), depth - 1) : undefined
    const copy = new Error(this.text(value.message), nested === undefined ? undefined : { cause: nested })
    copy.name = this.text(value.name)
    copy.stack = this.text(String(value.stack ?? ''))
    const { code } = value as { code?: unknown }
    if (typeof code === 'string') (copy as { code?: string }).code = this.text(code)
    return copy
  }
}

/** An AggregateError (a host with several addresses) has its reasons in a list. */
function firstOf(value: Error): unknown {
  const { errors } = value as { errors?: unknown }
  return Array.isArray(errors) ? errors[0] : undefined
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : Object.prototype.toString.call(value)
}
