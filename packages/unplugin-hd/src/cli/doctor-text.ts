import { visible } from '@unplugin-hd/core'
import { createStyle, formatBytes } from '../progress/text.ts'
import type { Diagnosis } from './doctor.ts'

/** Formats the diagnosis as text. @param colours for a terminal */
export function renderDiagnosis(diagnosis: Diagnosis, colours: boolean): string {
  const { version, node, platform, mode, config, cache, remote, upscalers } = shown(diagnosis)
  const style = createStyle(colours)
  const mark = (ok: boolean): string => (ok ? style('green', '✓') : style('red', '✗'))
  const lines = [
    `unplugin-hd ${version}, Node ${node}, ${platform}`,
    `options: ${config ?? 'defaults (no configuration with this plugin found)'}; mode: ${mode}`,
    '',
    `${mark(cache.writable)} ${style('bold', 'cache')}  ${cache.dir}`,
    `    ${cache.exists ? `${cache.entries} entries, ${formatBytes(cache.bytes)}` : 'not created yet'} of ${formatBytes(cache.maxBytes)}`,
    ...advice(cache.advice),
  ]
  if (remote) {
    lines.push(`${mark(remote.ok)} ${style('bold', 'remote cache')}`)
    for (const [label, value] of Object.entries(remote.facts)) lines.push(`    ${label}: ${value}`)
    lines.push(...advice(remote.advice))
  }
  for (const [index, { name, metered, ok, facts, advice: what }] of upscalers.entries()) {
    const place = upscalers.length > 1 ? `  number ${index + 1} in the chain` : ''
    lines.push(
      `${mark(ok)} ${style('bold', name)}${place}${metered ? "  metered: dev servers call it only with dev: 'full'" : ''}`,
    )
    for (const [label, value] of Object.entries(facts)) lines.push(`    ${label}: ${value}`)
    lines.push(...advice(what))
  }
  return `${lines.join('\n')}\n`

  function advice(text: string | undefined): string[] {
    return text === undefined ? [] : [`    ${style('yellow', text)}`]
  }
}

/** Escapes control characters, because much of it comes from services and configurations. */
function shown(diagnosis: Diagnosis): Diagnosis {
  return JSON.parse(JSON.stringify(diagnosis), (_, value) => (typeof value === 'string' ? visible(value) : value)) as Diagnosis
}
