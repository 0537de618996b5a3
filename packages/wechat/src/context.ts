import { type Clock, systemClock } from './clock.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What tests replace. */
export interface WechatContext {
  clock: Clock
  env: Environment
}

export const SYSTEM: WechatContext = { clock: systemClock, env: process.env }
