import type { Report } from '../report.ts'
import { escaped } from './plot.ts'

/** The thresholds as JUnit's test cases, the form that every CI shows. */
export function junitReport({ target, beganAt, seconds, verdicts }: Report): string {
  const failures = verdicts.filter(({ held }) => !held).length
  const cases = verdicts.map(({ name, held, bound, actual }) => {
    const open = `    <testcase classname="hotlane verify" name="${escaped(name)}"`
    if (held) return `${open}/>`
    const message = escaped(`${bound}; measured: ${actual}`)
    return `${open}>\n      <failure message="${message}"/>\n    </testcase>`
  })
  const counts = `tests="${verdicts.length}" failures="${failures}" time="${seconds.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="hotlane verify ${escaped(target)}" ${counts} timestamp="${beganAt}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
