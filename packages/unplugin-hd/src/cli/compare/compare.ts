import { createHd, type DoneImage, type Factor, type Hd, type OutputFormat, type ResolvedOptions } from '@unplugin-hd/core'
import { createBar } from '../../progress/bar.ts'
import { formatBytes, formatTime } from '../../progress/text.ts'
import type { CliContext } from '../context.ts'
import type { InputImage } from '../images.ts'
import type { ComparedImage, ComparedVersion } from './page.ts'
import type { NamedUpscaler } from './versions.ts'

/** Formats that browsers can show. */
const SHOWN: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'avif', 'gif'])

export interface CompareOrder {
  images: readonly InputImage[]
  upscalers: readonly NamedUpscaler[]
  factor: Factor
  format: OutputFormat | undefined
  options: ResolvedOptions
}

/** Every image as the source, and enlarged by every upscaler. @throws HdError, see `docs/errors.md` */
export async function compareImages(
  order: CompareOrder,
  { stderr, signal }: Pick<CliContext, 'stderr' | 'signal'>,
): Promise<ComparedImage[]> {
  const { images, upscalers, options } = order
  const say = (message: string): void => void stderr.write(`${message}\n`)
  const log = { debug: () => undefined, info: say, warn: say }
  const bar = createBar(stderr, images.length * upscalers.length, undefined)
  const makers = upscalers.map(({ label, upscaler }) => {
    const done = new Map<string, DoneImage>()
    const onEvent: Parameters<typeof createHd>[1]['onEvent'] = (event) =>
      event.type === 'done' && done.set(event.name, event.image)
    return { label, done, hd: createHd({ ...options, upscalers: [upscaler], mode: 'on', onError: 'fail' }, { log, onEvent }) }
  })
  const abort = (): void => makers.forEach(({ hd }) => hd.abort())
  signal.addEventListener('abort', abort)
  try {
    const compared: ComparedImage[] = []
    for (const image of images) {
      const { hd: first } = makers[0]!
      const source = await first.source(image.file)
      const versions: ComparedVersion[] = []
      for (const { hd, label, done } of makers) {
        const asset = await hd.job(source, { factor: order.factor, format: order.format }).make()
        const { cache, ms } = done.get(source.name)!
        const time = cache === 'hit' ? 'from the cache' : cache === 'encoded' ? 'encoded from the cache' : formatTime(ms)
        versions.push({ label, ...versionOf(asset), width: asset.width, height: asset.height, time })
        if (versions.length === 1) {
          const { width, height } = asset.source
          compared.push({ name: image.name, width, height, versions })
        }
        bar.tick(0)
      }
      const { width, height } = compared.at(-1)!
      versions.unshift({ label: 'source, 1x', ...(await original(first, source)), width, height, time: '' })
    }
    return compared
  } finally {
    signal.removeEventListener('abort', abort)
    bar.clear()
    for (const { hd } of makers) await hd.close()
  }
}

async function original(hd: Hd, source: Awaited<ReturnType<Hd['source']>>): Promise<ReturnType<typeof versionOf>> {
  const asset = await hd.original(source, SHOWN.has(source.format) ? {} : { format: 'png' }).make()
  return { ...versionOf(asset), bytes: formatBytes(source.bytes.length), format: source.format }
}

function versionOf({
  bytes,
  format,
  mime,
}: {
  bytes: Uint8Array
  format: string
  mime: string
}): Pick<ComparedVersion, 'bytes' | 'format' | 'mime' | 'data'> {
  return { bytes: formatBytes(bytes.length), format, mime, data: Buffer.from(bytes).toString('base64') }
}
