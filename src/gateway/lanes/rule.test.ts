import { expect, test } from 'vitest'

import { laneRequest, type Asking } from '../../../test/gateway/lane-request.ts'
import type { LaneRule } from '../../model/table.ts'
import { compileRule } from './rule.ts'

type Rule = Omit<LaneRule, 'lane'>

const cases: readonly (readonly [Rule, Asking, boolean])[] = [
  [{ kind: 'header', name: 'X-Version', value: 'beta' }, { lines: ['x-VERSION:  beta '] }, true],
  [{ kind: 'header', name: 'x-version', value: 'beta' }, { lines: ['X-Version: Beta'] }, false],
  [{ kind: 'header', name: 'x-version', value: 'beta' }, { lines: ['X-Version: a', 'X-Version: beta'] }, true],
  [{ kind: 'header', name: 'x-version', value: 'beta' }, { lines: ['X-Version: a, beta'] }, false],
  [{ kind: 'header', name: 'x-version' }, { lines: ['X-Version:'] }, true],
  [{ kind: 'header', name: 'x-version' }, { lines: ['X-Versions: a', 'XX-Version: a'] }, false],
  [{ kind: 'header', name: 'x-version' }, { body: 'X-Version: a\r\n\r\n' }, false],
  [{ kind: 'header', name: 'x-city', value: 'Köln' }, { lines: ['X-City: Köln'] }, true],
  [{ kind: 'cookie', name: 'lane', value: 'beta' }, { lines: ['Cookie: a=b; lane=beta'] }, true],
  [{ kind: 'cookie', name: 'lane', value: 'beta' }, { lines: ['Cookie: Lane=beta'] }, false],
  [{ kind: 'cookie', name: 'lane' }, { lines: ['Cookie: lane='] }, true],
  [{ kind: 'cookie', name: 'lane' }, {}, false],
  [{ kind: 'query', name: 'version', value: 'beta' }, { target: '/a?version=beta' }, true],
  [{ kind: 'query', name: 'version', value: 'beta' }, { target: '/a?x=1&version=beta&y' }, true],
  [{ kind: 'query', name: 'version', value: 'beta' }, { target: '/a?version=a&version=beta' }, true],
  [{ kind: 'query', name: 'version', value: 'a b' }, { target: '/?version=a+b' }, true],
  [{ kind: 'query', name: 'version', value: 'a b' }, { target: '/?vers%69on=a%20b' }, true],
  [{ kind: 'query', name: 'version', value: 'a+b' }, { target: '/?version=a%2Bb' }, true],
  [{ kind: 'query', name: 'ort', value: 'Köln' }, { target: '/?ort=K%C3%B6ln' }, true],
  [{ kind: 'query', name: 'ort', value: 'Köln' }, { target: '/?ort=Köln' }, true],
  [{ kind: 'query', name: 'version' }, { target: '/?version' }, true],
  [{ kind: 'query', name: 'version' }, { target: '/version=beta' }, false],
  [{ kind: 'query', name: 'version', value: '%' }, { target: '/?version=%' }, true],
  [{ kind: 'query', name: 'version' }, { target: 'http://a.test/?version=1' }, true],
]

test.each(cases)('%j and %j: %s', (rule, asking, expected) =>
  expect(compileRule({ lane: 'canary', ...rule })(laneRequest(asking))).toBe(expected),
)
