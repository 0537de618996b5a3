/** What is drawn. The range input is for the keyboard and screen readers; pointers move the line wherever they are. */
const TEMPLATE = `
  <style>
    :host {
      position: relative;
      display: block;
      max-width: var(--width);
      height: var(--height);
      overflow: hidden;
      border-radius: 8px;
      cursor: ew-resize;
      user-select: none;
      touch-action: pan-y pinch-zoom;
      --ground: repeating-conic-gradient(light-dark(#ececf0, #2c2d33) 0 25%, light-dark(#fff, #1c1d20) 0 50%) 0 0 / 24px 24px;
    }
    .stage,
    .layer {
      position: absolute;
      inset: 0;
    }
    .layer {
      background: var(--ground);
    }
    .before {
      clip-path: inset(0 calc(100% - var(--position)) 0 0);
    }
    img {
      position: absolute;
      top: calc((100% - var(--height)) * var(--y, 0.5));
      left: calc((100% - var(--width)) * var(--x, 0.5));
      width: var(--width);
      height: var(--height);
    }
    .line {
      position: absolute;
      inset: 0 auto 0 var(--position);
      width: 2px;
      margin-left: -1px;
      background: #fff;
      box-shadow: 0 0 4px #000;
    }
    .line::after {
      content: '◂ ▸';
      position: absolute;
      top: 50%;
      left: 50%;
      width: 44px;
      translate: -50% -50%;
      border-radius: 22px;
      background: #fff;
      box-shadow: 0 0 4px #000;
      color: #333;
      font: 14px/44px system-ui, sans-serif;
      text-align: center;
      white-space: nowrap;
    }
    .label {
      position: absolute;
      bottom: 8px;
      left: 8px;
      padding: 0 8px;
      border-radius: 4px;
      background: #000c;
      color: #fff;
      font: 12px/1.8 system-ui, sans-serif;
    }
    .right {
      right: 8px;
      left: auto;
    }
    input {
      position: absolute;
      inset: 0;
      margin: 0;
      opacity: 0;
      pointer-events: none;
    }
    input:focus-visible ~ .ring {
      position: absolute;
      inset: 0;
      border: 3px solid #fff;
      border-radius: 8px;
      outline: 3px solid #1a56db;
      outline-offset: -6px;
    }
  </style>
  <div class="stage">
    <div class="layer"><img draggable="false" loading="lazy"></div>
    <div class="layer before"><img alt="" draggable="false" loading="lazy"></div>
    <span class="label" aria-hidden="true">1x, by the browser</span>
    <span class="label right" aria-hidden="true">2x, by ?hd</span>
    <span class="line" aria-hidden="true"></span>
    <input type="range">
    <span class="ring"></span>
  </div>
`

/**
 * Defines `<compare-slider src hd alt style="--width: 944px; --height: 664px">`: a 1x image as the browser enlarges it beside its 2x, with a
 * line between them that pointers and arrow keys move. The size is that of the 2x, so one pixel of it is one of the page, and nothing moves
 * while images load. Where there is no room for all of it, it shows the middle, or what `--x` and `--y` (from 0 to 1) say. This is a function
 * because there is no `HTMLElement` where pages are rendered on a server.
 */
export function defineCompareSlider(): void {
  class CompareSlider extends HTMLElement {
    static readonly observedAttributes = ['src', 'hd', 'alt']
    readonly #stage: HTMLElement
    readonly #slider: HTMLInputElement

    constructor() {
      super()
      const root = this.attachShadow({ mode: 'open' })
      root.innerHTML = TEMPLATE
      this.#stage = root.querySelector('.stage')!
      this.#slider = root.querySelector('input')!
      this.#slider.addEventListener('input', () => this.#show())
      this.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return
        this.setPointerCapture(event.pointerId)
        this.#follow(event)
        // The arrow keys go on where the pointer stopped. The browser itself would take the focus away.
        event.preventDefault()
        this.#slider.focus({ preventScroll: true })
      })
      this.addEventListener('pointermove', (event) => {
        if (this.hasPointerCapture(event.pointerId)) this.#follow(event)
      })
      this.#show()
    }

    attributeChangedCallback(name: string, _: string | null, value: string | null): void {
      const [after, before] = this.#stage.querySelectorAll('img')
      if (name === 'src') before!.src = value ?? ''
      else if (name === 'hd') after!.src = value ?? ''
      else {
        after!.alt = value ?? ''
        this.#slider.ariaLabel = `Before and after: ${value ?? ''}`
      }
    }

    #follow({ clientX }: PointerEvent): void {
      const { left, width } = this.getBoundingClientRect()
      this.#slider.value = String((100 * (clientX - left)) / width)
      this.#show()
    }

    #show(): void {
      this.#slider.ariaValueText = `${this.#slider.value} % before`
      this.#stage.style.setProperty('--position', `${this.#slider.value}%`)
    }
  }
  if (!customElements.get('compare-slider')) customElements.define('compare-slider', CompareSlider)
}
