import path from 'node:path'
import withHd from 'unplugin-hd/next'

// The plugin is linked from outside of this workspace.
const root = path.resolve(import.meta.dirname, '../..')

export default withHd({ turbopack: { root }, outputFileTracingRoot: root, devIndicators: false })
