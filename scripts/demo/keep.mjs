const forever = 2 ** 31 - 1

/** Leaves the services to the user, and tells each switch and each failure, until Ctrl-C. */
export async function keepRunning(paper, { hotlane, directory, urls }, signal) {
  paper.line('keep', `hotlane goes on; edit the files in ${directory}, Ctrl-C ends`)
  for (const [name, url] of Object.entries(urls)) paper.more(`${name.padEnd(8)}${paper.color.cyan(url)}`)
  for (let from = hotlane.events.length; !signal.aborted;) {
    const event = await hotlane.sawEvent(isNews, { from, timeoutMs: forever, what: 'a change' })
    from = hotlane.events.indexOf(event) + 1
    if (event.type === 'service.switched') paper.line(event.service, `release ${event.report.release} serves`)
    else paper.line(event.service, `${paper.color.red(event.error.message)}\n${event.error.output ?? ''}`)
  }
}

function isNews({ type }) {
  return type === 'service.switched' || type === 'build.failed' || type === 'instance.failed'
}
