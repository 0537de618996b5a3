import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const HERE = import.meta.dirname

const HEAD = `/** Types of \`?hd\` imports in Next.js: those of \`unplugin-hd/client\`, but an import without \`as\` gives \`StaticImageData\`. */

/** What \`<Image src>\` of \`next/image\` takes. */
interface HdStaticImage {
  /** URL of the 2x image. */
  readonly src: string
  /** In CSS pixels: the size of the source. */
  readonly width: number
  readonly height: number
  /** A tiny preview, as a \`data:\` URL. */
  readonly blurDataURL: string
  readonly blurWidth: number
  readonly blurHeight: number
}

interface HdAssetTypes {
  readonly asset: HdStaticImage
}

declare module '*&as=url' {
  const url: string
  export default url
}
`

/** Writes the types for Next.js from those of other bundlers. */
export async function buildNextTypes(): Promise<void> {
  const client = await readFile(path.join(HERE, 'client.d.ts'), 'utf8')
  const interfaces = client.indexOf('/** What `as=img` gives')
  const types = client
    .slice(interfaces)
    .replaceAll(/const url: string\n {2}export default url/g, 'const image: HdStaticImage\n  export default image')
  await writeFile(path.join(HERE, 'dist/next-client.d.ts'), `${HEAD}\n${types}`)
}
