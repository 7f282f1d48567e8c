import { expect, it } from 'vitest'
import { changedEnv } from './changed-env.ts'

it('tells files and their directories from where a command runs', () => {
  const files = ['/app/main_test.go', '/app/auth/a_test.go', '/app/auth/b_test.go', '/lib/c_test.go']
  expect(changedEnv(files, '/app')).toEqual({
    HOTLANE_CHANGED: 'main_test.go\nauth/a_test.go\nauth/b_test.go\n../lib/c_test.go',
    HOTLANE_CHANGED_DIRS: './ ./auth ../lib',
  })
})
