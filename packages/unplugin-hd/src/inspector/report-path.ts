import path from 'node:path'
import { packageFolder } from '@unplugin-hd/core'

export const REPORT_NAME = 'hd-report.html'

/**
 * The absolute path of a report; its JSON lies beside it, under the same name.
 * @param report a path, relative to the nearest `package.json`, or `true` for `hd-report.html` beside that
 */
export function reportPath(report: string | true, root: string): string {
  return path.resolve(packageFolder(root) ?? root, report === true ? REPORT_NAME : report)
}

/** The path of the JSON beside a report. */
export function jsonPath(page: string): string {
  return path.join(path.dirname(page), `${path.parse(page).name}.json`)
}
