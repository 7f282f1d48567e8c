// Takes the lock of each state directory that it is told, says whether it owns it, and gives it back when told to.
import { lockState } from '../../dist/store/lock.js'

let unlock
process.on('message', async ({ root, give }) => {
  if (give) {
    await unlock?.()
    unlock = undefined
    process.send({ given: true })
    return
  }
  try {
    unlock = await lockState({ root })
    process.send({ owns: true })
  } catch ({ code }) {
    process.send({ owns: false, code })
  }
})
process.on('disconnect', () => process.exit())
process.send({ given: true })
