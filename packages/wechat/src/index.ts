export { createWechatClient, type WechatCall, type WechatClient, type WechatConnection } from './api/client.ts'
export { wechatCloud } from './cloud/cloud.ts'
export type { WechatCloudOptions, WechatCloudSdk } from './cloud/options.ts'
export {
  isWechatError,
  WECHAT_CODES,
  WechatError,
  type WechatCode,
  type WechatErrorDetails,
  type WechatStep,
} from './errors/errors.ts'
export type { WechatFormat } from './http/multipart.ts'
export type { AccessTokenFunction, WechatClientOptions, WechatOptions } from './options.ts'
export type { WechatRelayOptions } from './relay/options.ts'
export { wechatRelay } from './relay/relay.ts'
export type { WechatQuota } from './api/quota.ts'
export type { PublicSource, WechatRequestOptions, WechatUpscalerOptions } from './shared-options.ts'
export type { Doubled, WechatImage } from './api/superresolution.ts'
export { wechat } from './wechat.ts'
