import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineCompareSlider } from '../../../playground/compare-slider.ts'
import ImageGallery from './ImageGallery.vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('ImageGallery', ImageGallery)
    if (!import.meta.env.SSR) defineCompareSlider()
  },
}
export default theme
