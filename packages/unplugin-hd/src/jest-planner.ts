import { createHash } from 'node:crypto'
import path from 'node:path'
import { parentPort } from 'node:worker_threads'
import { createHd, errorMessage, formatError, isHdError, parseRequest, withDocs, type Hd } from '@unplugin-hd/core'
import { createStagedFiles, type StagedFiles } from './adapters/staged-files.ts'
import { resolveHdOptions } from './options.ts'
import { createStub } from './shape/stub.ts'
import type { Answer, Question, StubOptions } from './jest/question.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** By root and options. */
const projects = new Map<string, { hd: Hd; staged: StagedFiles }>()

parentPort!.on('message', async ({ done, port, ...question }: Question) => {
  const answer: Answer = await answerTo(question).catch((error: unknown) => ({ error: messageOf(error) }))
  port.postMessage(answer)
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
})

async function answerTo({ id, root, options }: Pick<Question, 'id' | 'root' | 'options'>): Promise<Answer> {
  const { hd, staged } = projectOf(root, options)
  // Jest replaces the errors of a resolver by one of its own, but not those of a module.
  const code = await codeFor(hd, id).catch((error: unknown) => `throw new Error(${JSON.stringify(messageOf(error))})\n`)
  const bytes = new TextEncoder().encode(code)
  const key = createHash('sha256').update(bytes).digest('hex')
  return { file: await staged.file({ key, bytes }, 'stub.cjs') }
}

async function codeFor(hd: Hd, id: string): Promise<string> {
  const { file, request } = parseRequest(id)!
  const { shape, urls } = await createStub(hd, await hd.source(file), request)
  return `exports.__esModule = true\nexports.default = ${JSON.stringify(shape.value(urls))}\n`
}

function messageOf(error: unknown): string {
  return `unplugin-hd: ${isHdError(error) ? withDocs(formatError(error), error) : errorMessage(error)}`
}

function projectOf(root: string, options: StubOptions): { hd: Hd; staged: StagedFiles } {
  const key = JSON.stringify([root, options])
  const known = projects.get(key)
  if (known) return known
  const resolved = resolveHdOptions(options, root)
  const staged = createStagedFiles(path.join(resolved.cache.dir, 'jest'), 'UNPLUGIN_HD_CACHE_DIR')
  void staged.sweep()
  const project = { hd: createHd(resolved, { log }), staged }
  projects.set(key, project)
  return project
}
