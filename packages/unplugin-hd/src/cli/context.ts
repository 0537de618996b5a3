/** What a command sees of the process that it runs in. */
export interface CliContext {
  /** Absolute path that relative ones start from. */
  cwd: string
  stdin: AsyncIterable<Uint8Array>
  stdout: { write(data: string | Uint8Array): unknown; isTTY?: boolean }
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Aborted by Ctrl-C: what was begun is given up, what was made stays. */
  signal: AbortSignal
}

/**
 * How a command ends: 0 success; 1 a refusal, or something was found that is not well; 130 Ctrl-C (128 and the number of
 * SIGINT, as shells count).
 */
export type ExitStatus = 0 | 1 | 130
