import { expect, it } from 'vitest'
import type { ListenAddress, Service } from '../../model/service.ts'
import { Addresses } from './addresses.ts'

const at = (port: number): ListenAddress => ({ host: '127.0.0.1', port })
const service = (name: string, port: number): Service => ({ name, listen: at(port), route: { path: '/' } }) as Service

/** A data plane that opens when the test says so. */
function slowPlane() {
  const shut: number[] = []
  let open = (): void => undefined
  const opening = new Promise<void>((resolve) => (open = resolve))
  return {
    shut,
    let: () => open(),
    plane: {
      open: (address: ListenAddress) => opening.then(() => address),
      shut: async ({ port }: ListenAddress) => void shut.push(port),
    },
  }
}

it('leaves what was found open and no service asks for, once', async () => {
  const { plane, shut, let: go } = slowPlane()
  const addresses = new Addresses(plane, () => undefined, [at(1), at(2), at(3)])
  go()
  await addresses.open(service('shop', 2))
  // One that is on its way counts, too.
  const later = addresses.open(service('desk', 3))
  await addresses.leaveFound()
  expect(shut).toEqual([1])
  await later
  await addresses.open(service('desk', 4))
  await addresses.leaveFound()
  expect(shut).toEqual([1])
})
