#!/usr/bin/env node
// `pnpm hd …`: the command line of the workspace, built first where needed. Paths are relative to where it is called.
import { build } from './build.mjs'

build({ quiet: true })
process.chdir(process.env.INIT_CWD ?? process.cwd())
await import('../packages/unplugin-hd/bin/hd.mjs')
