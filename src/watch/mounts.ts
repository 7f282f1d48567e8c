import { readFileSync, realpathSync } from 'node:fs'

/** A mount point and the type of what is mounted there. */
export interface Mount {
  readonly point: string
  readonly type: string
}

/** Reads the lines of /proc/self/mountinfo (proc(5)): mount point is field 5, the type follows the separator `-`. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ')
    const point = before?.split(' ')[4]
    const type = after?.split(' ')[0]
    if (point === undefined || type === undefined || type === '') continue
    mounts.push({
      point: point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
      type,
    })
  }
  return mounts
}

/**
 * Tells for a directory why its file system sends no events of changes made elsewhere (another machine, the host of a
 * virtual machine), or undefined. Without /proc (macOS, Windows) it says undefined always.
 */
export function eventlessMounts(text = readMountInfo()): (directory: string) => string | undefined {
  const mounts = parseMountInfo(text)
  // The usual case must not cost a realpath for each directory.
  if (!mounts.some((mount) => isEventless(mount.type))) return () => undefined
  return (directory) => {
    const mount = mountOf(mounts, resolve(directory))
    if (mount === undefined || !isEventless(mount.type)) return undefined
    return `${mount.point} is a mount of type ${mount.type}, which does not tell of changes made elsewhere`
  }
}

/** The mount that a real path is on; the last of several at one point hides the others. */
export function mountOf(mounts: readonly Mount[], realPath: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts) {
    const inside = mount.point === '/' || realPath === mount.point || realPath.startsWith(`${mount.point}/`)
    if (inside && mount.point.length >= (best?.point.length ?? 0)) best = mount
  }
  return best
}

function isEventless(type: string): boolean {
  if (type === 'fuse.fuse-overlayfs') return false
  return eventlessTypes.has(type) || type.startsWith('fuse.')
}

function resolve(directory: string): string {
  try {
    return realpathSync.native(directory)
  } catch {
    return directory
  }
}

function readMountInfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

// `fuseblk` is missing on purpose: it is a local disk (NTFS, exFAT).
const eventlessTypes = new Set(
  '9p afs beegfs ceph cifs coda davfs drvfs fuse gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 prl_fs smb3 smbfs vboxsf virtiofs vmhgfs'.split(
    ' ',
  ),
)
