import type { Command } from '../parser/command.ts'
import { CACHE_COMMANDS } from './cache.ts'
import { REMOTE_COMMANDS } from './cache-remote.ts'
import { compareCommand } from './compare.ts'
import { doctorCommand } from './doctor.ts'
import { reportCommand } from './report.ts'
import { typesCommand } from './types.ts'
import { upscaleCommand } from './upscale.ts'
import { warmCommand } from './warm.ts'
import { workerCommand } from './worker.ts'

/** In the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  upscaleCommand,
  warmCommand,
  workerCommand,
  compareCommand,
  reportCommand,
  ...CACHE_COMMANDS,
  ...REMOTE_COMMANDS,
  doctorCommand,
  typesCommand,
]
