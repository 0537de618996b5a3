export default defineNuxtConfig({
  modules: ['unplugin-hd/nuxt'],
  css: ['~/assets/style.css'],
  app: { head: { htmlAttrs: { lang: 'en' }, link: [{ rel: 'icon', href: 'data:,' }] } },
  compatibilityDate: '2026-01-01',
  devtools: { enabled: false },
  telemetry: false,
})
