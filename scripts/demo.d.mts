/** What `pnpm demo` does after the build. @param from `open` is the flag `--open` or `--no-open`, if there is one */
export function ending(from: {
  open?: boolean | undefined
  isTerminal: boolean
  platform: NodeJS.Platform
  env: Record<string, string | undefined>
}): { serve: boolean; open: boolean }
