import type { Service } from '../model/service.ts'
import type { Builder, BuilderContext } from './builder.ts'
import { commandBuilder } from './command.ts'
import { goBuilder } from './go.ts'
import { noneBuilder } from './none.ts'

/** The builder for how a service declares to be built. Nothing runs before it is asked to build. */
export function createBuilder(service: Service, context: BuilderContext): Builder {
  const { name, directory, build } = service
  switch (build.kind) {
    case 'go':
      return goBuilder({ name, directory, build }, context)
    case 'command':
      return commandBuilder({ name, directory, build }, context)
    case 'none':
      return noneBuilder()
  }
}
