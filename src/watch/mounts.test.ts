import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventlessMounts, mountOf, parseMountInfo } from './mounts.ts'

const text = [
  '22 27 0:21 / /proc rw,relatime - proc proc rw',
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
  '40 27 0:40 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs',
  '41 27 0:41 / /home/me/my\\040share rw master:3 shared:1 - fuse.sshfs me@host: rw',
  '42 27 0:42 / /var/lib/x rw - fuse.fuse-overlayfs fuse-overlayfs rw',
  '43 27 0:43 / /data rw - ext4 /dev/vdb rw',
  '44 27 0:44 / /data rw - nfs4 server:/data rw',
].join('\n')

describe('eventlessMounts', () => {
  const eventless = eventlessMounts(`${text}\n`)

  it.each([
    ['/mnt/c/project', '/mnt/c is a mount of type 9p'],
    ['/home/me/my share/x', '/home/me/my share is a mount of type fuse.sshfs'],
    ['/data', '/data is a mount of type nfs4'],
  ])('%s sends no events', (directory, why) => {
    expect(eventless(directory)).toContain(why)
  })

  it.each(['/', '/mnt/cargo', '/var/lib/x/y', '/database'])('%s sends events', (directory) => {
    expect(eventless(directory)).toBeUndefined()
  })

  it('says nothing where the system tells no mounts', () => {
    expect(eventlessMounts('')('/mnt/c')).toBeUndefined()
  })
})

describe('parseMountInfo', () => {
  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (any) => {
        for (const mount of parseMountInfo(any)) expect(mount.type).not.toBe('')
      }),
    )
  })

  it('reads back every mount point that was escaped as the kernel does', () => {
    const names = fc.stringMatching(/^[a-z \\\t]{1,8}$/)
    fc.assert(
      fc.property(names, (name) => {
        const escaped = name.replace(/[ \t\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
        const mounts = parseMountInfo(`1 0 0:1 / /${escaped} rw - nfs x rw`)
        expect(mounts).toEqual([{ point: `/${name}`, type: 'nfs' }])
        expect(mountOf(mounts, `/${name}/below`)).toEqual(mounts[0])
        expect(mountOf(mounts, `/${name}x`)).toBeUndefined()
      }),
    )
  })
})
