/* Light or dark: as the system has it, until the button says otherwise. */

const KEY = 'net-dashboard-theme'
const THEMES = ['system', 'light', 'dark']

/** @param {HTMLElement} button */
export function beginTheme(button) {
  let theme = localStorage.getItem(KEY) ?? 'system'
  const show = () => {
    document.documentElement.dataset['theme'] = theme
    button.textContent = `Theme: ${theme}`
  }
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
    localStorage.setItem(KEY, theme)
    show()
  })
  show()
}
