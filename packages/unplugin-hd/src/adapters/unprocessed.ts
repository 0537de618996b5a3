import type { Session } from '../session/session.ts'
import { unprocessedWarnings, type SearchedOutput } from '../unprocessed/warnings.ts'

/** A finished build. */
export type BuildOutput = Omit<SearchedOutput, 'root' | 'leftOut'>

/** Warns of every `?hd` reference that is left in the output of a build. */
export async function warnUnprocessed(session: Session, output: BuildOutput): Promise<void> {
  const { root } = session.hd.options
  const messages = await unprocessedWarnings({ ...output, root, leftOut: session.leftOut })
  for (const message of messages) session.warn(message)
}
