/*
 * Elements, made one by one. Whatever comes from a peer becomes a text node and nothing else: no markup is ever parsed.
 */

/** @typedef {string | number | boolean | undefined | ((event: any) => unknown)} Property */

/**
 * An element with properties (`class`, `text`, `on…` listeners, attributes) and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Property>} [properties]
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) set(element, name, value)
  element.append(...children.filter((child) => child !== undefined))
  return element
}

/**
 * The same in a picture.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

/**
 * The element of that id, which the page has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Property} value
 */
function set(element, name, value) {
  if (value === undefined || value === false) return
  if (name === 'text') element.textContent = String(value)
  else if (name === 'class') element.className = String(value)
  else if (typeof value === 'function') element.addEventListener(name.slice(2), value)
  else element.setAttribute(name, value === true ? '' : String(value))
}
