import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clone } from '../testing/clones.ts'
import { S3_KEY, s3Server } from '../testing/s3-server.ts'
import { signaturesOf } from '../testing/s3-signature.ts'
import { encodePath, signS3 } from './s3-signature.ts'
import { readAwsConfig } from './aws-config.ts'
import { s3Address, s3Folder } from './s3.ts'

const WEBP = { format: 'webp' } as const
const env = { AWS_ACCESS_KEY_ID: S3_KEY.id, AWS_SECRET_ACCESS_KEY: S3_KEY.secret, HOME: '/nowhere' }

test('the server of these tests computes the signature of the example in the manual of Amazon S3', () => {
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  }
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const { actual, expected } = signaturesOf({ method: 'GET', path: '/test.txt', headers }, secret)!
  expect(expected).toBe(actual)
})

test('requests have the signature that S3 computes for them', () => {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: undefined,
  }
  const now = new Date('2013-05-24T00:00:00.123Z')
  for (const name of ['test.txt', 'a%20b%2B%28c%29%27/%C3%A9~-._']) {
    const request = { method: 'GET', url: `https://examplebucket.s3.amazonaws.com/${name}`, body: undefined, region: 'us-east-1' }
    const headers = signS3(request, credentials, now)
    const { actual, expected, signed } = signaturesOf({ method: 'GET', path: `/${name}`, headers }, credentials.secretAccessKey)!
    expect(actual).toBe(expected)
    expect(signed).toEqual(['host', 'x-amz-content-sha256', 'x-amz-date'])
    expect(headers['x-amz-date']).toBe('20130524T000000Z')
  }
})

test('a path is encoded as S3 does it', () => {
  expect(encodePath("/team cache/a+b/(c)'!*/%C3%A9~-._")).toBe('/team%20cache/a%2Bb/%28c%29%27%21%2A/%C3%A9~-._')
  expect(encodePath('/50%')).toBe('/50%25')
})

describe('a bucket', () => {
  test('serves a second clone', async () => {
    const server = await s3Server('eu-west-3')
    const remote = { url: 's3://team-cache/sites (one)/', endpoint: server.endpoint, region: 'eu-west-3' }
    const first = await clone(remote, env)
    await first.make(3, WEBP)
    await first.hd.close()
    const second = await clone(remote, { ...env, AWS_SESSION_TOKEN: 'temporary' })
    await second.make(3, WEBP)
    await second.hd.close()
    expect([...first.warnings, ...second.warnings, ...server.refusals]).toEqual([])
    expect(second.upscaled()).toBe(0)
    expect([...server.objects.keys()]).toEqual(
      Array(6).fill(expect.stringMatching(/^\/team-cache\/sites%20%28one%29\/[\da-f]{64}$/)),
    )
  })

  test.each<[string, Record<string, string>, number, RegExp]>([
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong-secret' }, 0, /SignatureDoesNotMatch/],
    ['another key', { AWS_ACCESS_KEY_ID: 'AKIDOTHER' }, 0, /InvalidAccessKeyId/],
    ['a clock that is an hour off', {}, 3_600_000, /RequestTimeTooSkewed/],
  ])('is left out with %s, and nothing secret is told', async (_, wrong, skew, refusal) => {
    const server = await s3Server('us-east-1', () => Date.now() + skew)
    const build = await clone({ url: 's3://cache', endpoint: server.endpoint }, { ...env, ...wrong })
    await build.make(2, WEBP)
    await build.hd.close()
    expect(server.refusals[0]).toMatch(refusal)
    expect(build.warnings).toEqual([expect.stringMatching(/s3:\/\/cache.*HTTP 403/)])
    expect(build.warnings.join()).not.toMatch(/secret|AKID/)
  })

  test('is left out without credentials, with a warning that says where they are looked for', async () => {
    const build = await clone('s3://cache', { HOME: '/nowhere' })
    await build.make(2, WEBP)
    await build.hd.close()
    expect(build.upscaled()).toBe(2)
    expect(build.warnings).toEqual([expect.stringMatching(/no credentials for S3, neither in AWS_ACCESS_KEY_ID/)])
  })
})

describe('the configuration of the AWS tools', () => {
  test('comes from variables, then from the profile', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'hd-aws-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const files = { AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'credentials'), AWS_CONFIG_FILE: path.join(home, 'config') }
    await writeFile(
      files.AWS_SHARED_CREDENTIALS_FILE,
      '[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n[team]\r\naws_access_key_id=C\r\naws_secret_access_key=D=\r\n',
    )
    await writeFile(
      files.AWS_CONFIG_FILE,
      '# comment\n[default]\nregion = eu-north-1\n[profile team]\nregion = ap-south-1\nendpoint_url = http://localhost:9000\ns3 =\n  max_queue_size = 1\n',
    )
    expect(await readAwsConfig(files)).toEqual({
      credentials: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: undefined },
      endpoint: undefined,
      region: 'eu-north-1',
    })
    expect(await readAwsConfig({ ...files, AWS_PROFILE: 'team' })).toEqual({
      credentials: { accessKeyId: 'C', secretAccessKey: 'D=', sessionToken: undefined },
      endpoint: 'http://localhost:9000',
      region: 'ap-south-1',
    })
    const variables = { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 'F', AWS_SESSION_TOKEN: 'G', AWS_REGION: 'us-west-1' }
    expect(await readAwsConfig({ ...files, ...variables, AWS_PROFILE: 'team' })).toMatchObject({
      credentials: { accessKeyId: 'E', secretAccessKey: 'F', sessionToken: 'G' },
      region: 'us-west-1',
    })
    // Half a pair is none.
    expect(await readAwsConfig({ ...files, AWS_ACCESS_KEY_ID: 'E' })).toMatchObject({ credentials: undefined })
    expect(await readAwsConfig({ HOME: '/nowhere' })).toEqual({ credentials: undefined, endpoint: undefined, region: undefined })
  })

  test.each([
    ['s3://cache/a/b/', undefined, 'https://cache.s3.eu-west-1.amazonaws.com/a/b'],
    ['s3://my.cache', undefined, 'https://s3.eu-west-1.amazonaws.com/my.cache'],
    ['s3://cache/a', 'http://localhost:9000/', 'http://localhost:9000/cache/a'],
  ])('%s with the endpoint %s is %s', (url, endpoint, folder) => {
    expect(s3Folder(s3Address(url, endpoint, 'eu-west-1'))).toBe(folder)
  })
})
