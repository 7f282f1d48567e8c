import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readToolScript } from './tool-script.ts'

const script = String.raw`
#
# example.com/shop
#

mkdir -p $WORK/b001/
cat >$WORK/b001/importcfg << 'EOF' # internal
# import config
packagefile fmt=$WORK/b002/_pkg_.a
EOF
echo '{"a": 1}' > $WORK/b001/embedcfg # internal
cd /app
/go/compile -o $WORK/b001/_pkg_.a -trimpath "$WORK/b001=>" -p main ./main.go "/with space/a.go"
cd other
GOROOT='/usr/local/go' FLAGS="it's" /go/link -X "a=\"b\" \u00e9\n\\" .`

describe('readToolScript', () => {
  it('reads commands, where they run, and files', async () => {
    const { commands, files } = await readToolScript(script, '/')
    expect(files).toEqual(
      new Map([
        ['$WORK/b001/importcfg', '# import config\npackagefile fmt=$WORK/b002/_pkg_.a\n'],
        ['$WORK/b001/embedcfg', '{"a": 1}\n'],
      ]),
    )
    expect(commands.slice(-2)).toEqual([
      {
        env: {},
        argv: [
          '/go/compile',
          '-o',
          '$WORK/b001/_pkg_.a',
          '-trimpath',
          '$WORK/b001=>',
          '-p',
          'main',
          '/app/main.go',
          '/with space/a.go',
        ],
      },
      {
        env: { GOROOT: '/usr/local/go', FLAGS: "it's" },
        argv: ['/go/link', '-X', 'a="b" é\n\\', '/app/other'],
      },
    ])
  })

  it('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect((await readToolScript(`cat >x << 'EOF'\n${text}`, '/')).files).toBeInstanceOf(Map)
        expect((await readToolScript(text, '/')).commands.length).toBeLessThanOrEqual(text.split('\n').length)
      }),
    )
  })
})
