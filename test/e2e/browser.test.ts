import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumAbsent, chromiumArgs, chromiumPath } from '../support/chromium.ts'
import { describeWithGo } from '../support/needs.ts'
import { goApp, goMain } from './support/apps.ts'
import { Hotlane, workspace } from './support/hotlane.ts'

function page(version: string): string {
  return goMain(version).replace('fmt.Fprint(w, version)', 'fmt.Fprint(w, "<!doctype html><p id=version>"+version)')
}

describe.skipIf(chromiumAbsent !== '')(`a browser${chromiumAbsent}`, () => {
  describeWithGo('that looks at a Go service', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArgs] })
    })
    afterAll(() => browser.close())

    it('P18: reloads once after a switch, shows the compiler text over the page, and is clean after the mend', async () => {
      await using app = await workspace({ ...goApp('v1'), 'main.go': page('v1') })
      await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'] })
      const tab = await browser.newPage()
      let loads = 0
      tab.on('load', () => loads++)
      await tab.goto(await hotlane.url())
      const shows = (version: string): Promise<void> => tab.locator('#version', { hasText: version }).waitFor()
      await shows('v1')
      expect(loads).toBe(1)

      await app.write('main.go', page('v2'))
      await shows('v2')
      await tab.waitForLoadState('load')
      expect(loads).toBe(2)

      await app.write('main.go', page('v3').replace('func main', 'var broken int = "<b>text</b>"\n\nfunc main'))
      await tab.getByText('cannot use "<b>text</b>"').first().waitFor()
      await shows('v2')
      expect(loads).toBe(2)

      await app.write('main.go', page('v3'))
      await shows('v3')
      await tab.locator('hotlane-overlay').waitFor({ state: 'detached' })
      expect(loads).toBe(3)
      expect(hotlane.all('browser.reloaded').map(({ pages }) => pages)).toEqual([1, 1])
      await tab.close()
    })
  })
})
