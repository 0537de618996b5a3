/** Unique in the page. */
let ids = 0
export const nextId = (): string => `e${ids++}`

type Child = Node | string

/** An element with properties and children. Text is never markup. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

/** A group of radio buttons. @param options values and their texts */
export function choice<Value extends string>(
  legend: string,
  options: readonly (readonly [Value, string])[],
  chosen: Value,
  onChange: (value: Value) => void,
): HTMLFieldSetElement {
  const name = nextId()
  const set = el('fieldset', {}, el('legend', { textContent: legend }))
  for (const [value, text] of options) {
    const input = el('input', { type: 'radio', name, value, checked: value === chosen, onchange: () => onChange(value) })
    set.append(el('label', {}, input, text))
  }
  return set
}

/** A list to choose from, with its label. @param options values and their texts */
export function select<Value extends string>(
  text: string,
  options: readonly (readonly [Value, string])[],
  chosen: Value,
  onChange: (value: Value) => void,
): HTMLElement {
  const list = el('select', { id: nextId(), onchange: () => onChange(list.value as Value) })
  for (const [value, label] of options) list.append(el('option', { value, textContent: label, selected: value === chosen }))
  return el('span', { className: 'choice' }, el('label', { htmlFor: list.id, textContent: text }), list)
}

/** A table of facts; wide ones scroll, by keyboard as well. @param rows each begins with its header */
export function table(label: string, head: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const top = el('tr', {}, ...head.map((textContent) => el('th', { scope: 'col', textContent })))
  const body = rows.map(([first, ...rest]) =>
    el('tr', {}, el('th', { scope: 'row' }, first!), ...rest.map((cell) => el('td', {}, cell))),
  )
  const facts = el('table', { ariaLabel: label }, el('thead', {}, top), el('tbody', {}, ...body))
  return el('div', { className: 'wide', tabIndex: 0, role: 'group', ariaLabel: label }, facts)
}
