import { findSlipped, slippedMessage, TEXT_OUTPUT_RE } from '../slipped.ts'

interface Output {
  type: 'asset' | 'chunk'
  code?: string
  source?: string | Uint8Array
}

/** Warns of every `?hd` reference that is left in the output. */
export function warnOfSlipped(bundle: Readonly<Record<string, Output>>, warn: (message: string) => void): void {
  for (const [fileName, output] of Object.entries(bundle)) {
    if (!TEXT_OUTPUT_RE.test(fileName)) continue
    const text = output.type === 'chunk' ? output.code : output.source
    const code = typeof text === 'string' ? text : Buffer.from(text ?? []).toString('utf8')
    for (const reference of findSlipped(code, fileName)) warn(slippedMessage(reference, fileName))
  }
}
