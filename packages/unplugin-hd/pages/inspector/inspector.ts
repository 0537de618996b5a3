// Runs in the page of the inspector, and in the report, which has its data in itself.
import type { PageData } from '../../src/inspector/report.ts'
import { start } from './app.ts'
import { reportSource, serverSource } from './source.ts'

const data = document.getElementById('data')?.textContent
start(data ? reportSource(JSON.parse(data) as PageData) : serverSource())
