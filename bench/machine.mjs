import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { createRequire } from 'node:module'

/** Processor, cores and platform. */
export function describeMachine() {
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${process.platform}/${process.arch}`
}

/** Prints what the figures below were measured on. @param {string[]} packages names of the packages that take part */
export function printMachine(packages) {
  const versions = packages.map((name) => `${name} ${versionOf(name)}`)
  console.log(describeMachine())
  console.log(`node ${process.versions.node}, ${versions.join(', ')}\n`)
}

function versionOf(name) {
  const [folder] = createRequire(import.meta.url).resolve.paths(name) ?? []
  return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version
}
