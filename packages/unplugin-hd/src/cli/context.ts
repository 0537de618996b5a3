/** The parts of the process that a command uses. */
export interface CliContext {
  /** The base of relative paths; absolute. */
  cwd: string
  stdin: AsyncIterable<Uint8Array>
  stdout: { write(data: string | Uint8Array): unknown; isTTY?: boolean }
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Aborted by Ctrl-C. Work in progress is dropped, finished images stay in the cache. */
  signal: AbortSignal
}

/**
 * 0: success; 1: an error, or the command found a problem; 130: Ctrl-C (128 plus the number of SIGINT, as in shells).
 */
export type ExitStatus = 0 | 1 | 130
