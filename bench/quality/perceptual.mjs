// Two measures that follow the eye further than those of luma do, by the tools of Debian's package libjxl-devtools. Of both, less is better.
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'

/** What is said once where the tools are not installed. */
export const MISSING =
  'Butteraugli and SSIMULACRA are left out: their tools are not installed (Debian, Ubuntu: apt-get install libjxl-devtools).'

/** A comparison takes under a second; whatever takes this long, in milliseconds, hangs. */
const LONGEST = 60_000

/**
 * The measures by name: the program, and what reads the figure from its output.
 * @type {Record<string, { program: string, parse(output: string): number }>}
 */
export const TOOLS = {
  butteraugli: { program: 'butteraugli_main', parse: parseButteraugli },
  ssimulacra: { program: 'ssimulacra_main', parse: parseSsimulacra },
}

/** The 3-norm of the map of differences, as `butteraugli_main` prints it below the maximum. @throws {Error} where it does not */
export function parseButteraugli(output) {
  return parseFigure('butteraugli_main', output, /^3-norm:\s*(\S+)$/m)
}

/** The only line that `ssimulacra_main` prints. @throws {Error} where it prints something else */
export function parseSsimulacra(output) {
  return parseFigure('ssimulacra_main', output, /^\s*(\S+)\s*$/)
}

function parseFigure(program, output, pattern) {
  const figure = Number(pattern.exec(output.replaceAll('\r', ''))?.[1] ?? Number.NaN)
  if (!Number.isFinite(figure)) throw new Error(`${program} printed no figure, but: ${output.trim().slice(0, 200) || 'nothing'}`)
  return figure
}

/**
 * Opens the measures.
 * @param {{ folder?: string, run?: (program: string, files: string[]) => Promise<string> }} [options] `folder`: for temporary files,
 *   default the system's; `run`: starts a program and gives its standard output
 * @returns {Promise<{ judge(one: object, other: object): Promise<Record<string, number>>, close(): Promise<void> } | undefined>}
 *   `judge` takes RGB images of one size; undefined where a tool is not installed
 */
export async function openPerceptual({ folder = tmpdir(), run = runTool } = {}) {
  for (const { program } of Object.values(TOOLS)) if (!(await isInstalled(program, run))) return undefined
  const own = await mkdtemp(path.join(folder, 'hd-bench-'))
  const forget = removeOnSignal(own)
  let count = 0
  return {
    async judge(one, other) {
      const files = [0, 1].map(() => path.join(own, `${count++}.png`))
      try {
        await Promise.all([write(one, files[0]), write(other, files[1])])
        const figures = Object.entries(TOOLS).map(async ([name, { program, parse }]) => [name, parse(await run(program, files))])
        // All, before the files go away.
        return Object.fromEntries(await settle(figures))
      } finally {
        await Promise.all(files.map((file) => rm(file, { force: true })))
      }
    },
    async close() {
      forget()
      await rm(own, { recursive: true, force: true })
    },
  }
}

async function settle(promises) {
  const results = await Promise.allSettled(promises)
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** A bench that was stopped meanwhile, or a machine that slept, finds the time over though the tool did not hang: so it is tried twice. */
async function runTool(program, files) {
  const start = () => promisify(execFile)(program, files, { timeout: LONGEST })
  const first = await start().catch((error) => (error.killed ? undefined : Promise.reject(error)))
  return first?.stdout || (await start()).stdout
}

/** Without files both tools end with an error; only what is not there cannot be started. */
async function isInstalled(program, run) {
  try {
    await run(program, [])
  } catch (error) {
    return error.code !== 'ENOENT'
  }
  return true
}

function write({ width, height, channels = 3, data }, file) {
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toFile(file)
}

/** An interrupted bench leaves no files, either. */
function removeOnSignal(folder) {
  const signals = ['SIGINT', 'SIGTERM']
  const leave = (signal) => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of signals) process.once(signal, leave)
  return () => {
    for (const signal of signals) process.off(signal, leave)
  }
}
