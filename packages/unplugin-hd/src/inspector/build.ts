import path from 'node:path'
import { errorMessage, type Hd, type Logger } from '@unplugin-hd/core'
import type { ImageLog } from './image-log.ts'

/**
 * Writes the report of a finished build. One that cannot be written fails no build.
 * @param page absolute path
 */
export async function reportBuild(page: string, hd: Hd, images: ImageLog, log: Logger): Promise<void> {
  const { root } = hd.options
  const name = path.relative(root, page)
  try {
    // Most builds write none.
    const [{ createReport, writeReport }, { addLogged, WantedImages }] = await Promise.all([
      import('./report.ts'),
      import('./wanted.ts'),
    ])
    const wanted = new WantedImages()
    await addLogged(wanted, images, root)
    await writeReport(page, await createReport(hd, { images: wanted.all(), activities: images.activities, problems: [] }))
    log.info(`report: ${name}`)
  } catch (error) {
    log.warn(`the report ${name} cannot be written: ${errorMessage(error)}`)
  }
}
