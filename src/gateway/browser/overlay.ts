/**
 * The part of the page's script that shows an error: a dialog in a shadow root, so that no style of the page reaches it,
 * filled by textContent only, so that nothing of a compiler's output is taken for markup. Its style sheet is constructed,
 * which no Content-Security-Policy forbids. To be put inside the script's function: defines showOverlay and hideOverlay.
 */
export const overlayScript = `
var host
var css = ':host{all:initial}' +
  '*{box-sizing:border-box}' +
  '.back{position:fixed;inset:0;z-index:2147483647;display:flex;align-items:flex-start;justify-content:center;' +
  'padding:6vh 20px 20px;background:rgba(15,18,25,.55);font:15px/1.5 system-ui,sans-serif;color-scheme:light dark}' +
  '.card{--ink:#1b1f27;--soft:#5b6472;--paper:#fff;--code:#f4f5f7;--line:#dfe3e8;--red:#c62834;' +
  'display:flex;flex-direction:column;gap:12px;width:100%;max-width:900px;max-height:86vh;padding:22px 26px;' +
  'color:var(--ink);background:var(--paper);border-top:4px solid var(--red);border-radius:10px;box-shadow:0 20px 60px rgba(0,0,0,.35)}' +
  '@media (prefers-color-scheme:dark){.card{--ink:#e8eaee;--soft:#a0a8b5;--paper:#1c2027;--code:#12151a;--line:#343b46;--red:#ff6b74}}' +
  '.top{display:flex;align-items:baseline;justify-content:space-between;gap:16px;font-size:13px;color:var(--soft)}' +
  '.code{font-weight:600;color:var(--red)}' +
  'button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:6px;padding:1px 9px;cursor:pointer}' +
  'h1{margin:0;font-size:19px;line-height:1.35;font-weight:650;overflow-wrap:anywhere}' +
  '.position{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--red);overflow-wrap:anywhere}' +
  'pre{margin:0;padding:14px 16px;overflow:auto;min-height:3em;font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;' +
  'background:var(--code);border:1px solid var(--line);border-radius:8px;white-space:pre;tab-size:4}' +
  'p{margin:0}.did{color:var(--soft)}'

function part(parent, tag, name, text) {
  var element = document.createElement(tag)
  element.className = name
  if (text !== undefined) element.textContent = text
  parent.appendChild(element)
  return element
}

function showOverlay(report) {
  hideOverlay()
  host = document.createElement('hotlane-overlay')
  var root = host.attachShadow({ mode: 'open' })
  try {
    var sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch (_) {
    part(root, 'style', '', css)
  }
  var back = part(root, 'div', 'back')
  var card = part(back, 'section', 'card')
  card.setAttribute('role', 'alertdialog')
  card.setAttribute('aria-label', 'hotlane: ' + report.message)
  var top = part(card, 'div', 'top')
  part(top, 'span', 'code', report.code + ' \\u00b7 ' + service)
  part(top, 'button', 'close', 'Esc').addEventListener('click', hideOverlay)
  part(card, 'h1', 'message', report.message)
  if (report.position) {
    var at = report.position
    part(card, 'div', 'position', [at.file, at.line, at.column].filter(function (x) { return x !== undefined }).join(':'))
  }
  if (report.output) part(card, 'pre', 'output', report.output.replace(/\\x1b\\[[0-9;]*[A-Za-z]/g, ''))
  part(card, 'p', 'did', report.did)
  part(card, 'p', 'remedy', report.remedy)
  document.documentElement.appendChild(host)
}

function hideOverlay() {
  if (host) host.remove()
  host = undefined
}

window.addEventListener('keydown', function (event) { if (event.key === 'Escape') hideOverlay() }, true)
`
