import { INSPECTOR_PATH } from './inspector.ts'

/** The part of Vite DevTools that is used here, as `@vitejs/devtools-kit` 0.8 has it. */
interface DevToolsContext {
  readonly viteConfig: { readonly base: string }
  readonly docks: { register(entry: Readonly<Record<string, string>>): unknown }
}

/** A field of plugins that Vite DevTools finds, where it is installed. */
export interface DevToolsField {
  capabilities: { build: false }
  setup(context: DevToolsContext): void
}

/** A small square that becomes a large one. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#888" stroke-width="2"><path d="M3 14h7v7H3zM8 3h13v13h-5M14 6h4v4m0-4-5 5"/></svg>',
)}`

/** The inspector as a panel of Vite DevTools. */
export const devtools: DevToolsField = {
  capabilities: { build: false },
  setup({ docks, viteConfig }) {
    docks.register({
      id: 'unplugin-hd',
      type: 'iframe',
      title: 'HD images',
      icon: ICON,
      category: 'app',
      url: viteConfig.base + INSPECTOR_PATH,
    })
  },
}
