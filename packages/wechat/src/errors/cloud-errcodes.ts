import type { ErrcodeRow } from './errcode-row.ts'

const PERMISSIONS = 'List "img.superresolution" and "customerServiceMessage.getTempMedia" under `permissions.openapi`'
const LATER = 'Try again later'

const busy = (code: 'WECHAT_NETWORK' | 'WECHAT_UNAVAILABLE', meaning: string): ErrcodeRow => ({
  code,
  next: 'again',
  meaning,
  remedy: LATER,
})
const denied = (meaning: string, remedy: string): ErrcodeRow => ({ code: 'WECHAT_CREDENTIALS', next: 'stop', meaning, remedy })
const NOT_PERMITTED = denied('the cloud environment may not call this', 'Look at its permissions in the cloud console')
const LIMITED: ErrcodeRow = {
  code: 'WECHAT_QUOTA',
  next: 'next-minute',
  meaning: 'the cloud environment has too many requests',
  remedy: 'The limit starts anew with the next minute; lower `concurrency`, or raise `minIntervalMs`',
}

/** What cloud call (wx-server-sdk 4) says of its own: 6 is WeChat's side, 5 is Tencent Cloud's. */
export const CLOUD_ROWS: Readonly<Record<number, ErrcodeRow>> = {
  [-601001]: busy('WECHAT_UNAVAILABLE', 'the cloud call met a system error'),
  [-601003]: busy('WECHAT_NETWORK', 'the cloud call met a network error'),
  [-601004]: NOT_PERMITTED,
  [-601008]: busy('WECHAT_NETWORK', 'the cloud call took too long'),
  [-601011]: NOT_PERMITTED,
  [-601012]: NOT_PERMITTED,
  [-601018]: NOT_PERMITTED,
  [-604001]: {
    code: 'WECHAT_RELAY',
    next: 'stop',
    meaning: 'the result of the cloud function is larger than 1 MB',
    remedy: 'Deploy the cloud function of this package again',
  },
  [-604102]: busy('WECHAT_NETWORK', 'the cloud call took too long'),
  [-604103]: busy('WECHAT_UNAVAILABLE', 'the cloud call met a system error'),
  [-604101]: denied(
    'the cloud function has no permission for this interface',
    `${PERMISSIONS} in its config.json, upload it again, and wait for 10 minutes`,
  ),
  [-604104]: denied('cloud call is not possible from here', 'Deploy the function: local debugging may not call this'),
  [-501001]: busy('WECHAT_NETWORK', 'Tencent Cloud could not be reached, or met a system error'),
  [-501002]: busy('WECHAT_NETWORK', 'Tencent Cloud took too long'),
  [-501003]: LIMITED,
  [-501004]: LIMITED,
  [-501005]: denied('the cloud environment does not exist', 'Check the `env` of cloud.init()'),
  [-501006]: denied('the cloud call lacks something', 'Check what is given to cloud.init()'),
  [-501007]: denied('the cloud call lacks something', 'Outside a cloud function, give cloud.init() `secretId` and `secretKey`'),
  [-501008]: NOT_PERMITTED,
  [-501009]: denied('the cloud environment is not set up', 'Open it once in the cloud console'),
  [-503001]: busy('WECHAT_NETWORK', 'the cloud storage failed'),
  [-503002]: denied('the cloud storage may not be used', 'Look at its permissions in the cloud console'),
}
