import { overlayScript } from './overlay.ts'

/**
 * Runs in the page, plain ES2017. One event stream per visible page: a browser opens six connections per host with
 * HTTP/1.1, and hidden tabs must not use them up. What a page misses while it is hidden it is told by its stamp.
 */
export const clientScript = `(function () {
'use strict'
var script = document.currentScript
if (!script || window.__hotlane || !window.EventSource) return
try {
  // A page in a frame of the same origin is reloaded together with the page around it.
  if (window.parent !== window && window.parent.__hotlane) return
} catch (_) {}
var params = new URL(script.src).searchParams
var service = params.get('service')
var waiting = params.get('waiting')
var stamp = params.get('stamp')
var memory = 'hotlane:' + location.pathname + location.search
var stream, hiddenTimer, retryTimer
${overlayScript}
window.__hotlane = { service: service }

// After a 304 the browser shows its stored page, whose stamp is old though its content is not.
try {
  var kept = sessionStorage.getItem(memory)
  if (kept && stampBoot(kept) === stampBoot(stamp) && stampNumber(kept) > stampNumber(stamp)) stamp = kept
} catch (_) {}

function stampBoot(text) { return text.split('.')[0] }
function stampNumber(text) { return Number(text.split('.')[1]) }

function connect() {
  if (stream || document.visibilityState === 'hidden') return
  var url = '/__hotlane/events?service=' + encodeURIComponent(service) + '&stamp=' + encodeURIComponent(stamp)
  stream = new EventSource(url + (waiting ? '&waiting=1' : ''))
  stream.addEventListener('reload', function (event) {
    disconnect()
    try { if (/^\\w+\\.\\d+$/.test(event.data)) sessionStorage.setItem(memory, event.data) } catch (_) {}
    location.reload()
  })
  stream.addEventListener('ok', function () { hideOverlay() })
  stream.addEventListener('error', function (event) {
    if (typeof event.data === 'string') { showOverlay(JSON.parse(event.data)); return }
    // The browser connects again by itself unless it was answered with something else than a stream.
    if (!stream || stream.readyState !== 2) return
    disconnect()
    retryTimer = setTimeout(connect, 1000)
  })
}
function disconnect() {
  clearTimeout(retryTimer)
  if (stream) stream.close()
  stream = undefined
}

document.addEventListener('visibilitychange', function () {
  clearTimeout(hiddenTimer)
  if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(disconnect, 5000)
  else connect()
})
window.addEventListener('pagehide', disconnect)
window.addEventListener('pageshow', function (event) { if (event.persisted) connect() })
connect()
})()
`
