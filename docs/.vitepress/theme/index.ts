import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import CompareImages from './CompareImages.vue'
import ImageGallery from './ImageGallery.vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('CompareImages', CompareImages)
    app.component('ImageGallery', ImageGallery)
  },
}
export default theme
