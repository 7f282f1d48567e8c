import { readJson, send } from '../shared/server.js'
import { check, sign } from './token.js'

const tokenLifeSeconds = 3600

const now = () => Math.floor(Date.now() / 1000)

/** POST /login gives a token; GET /check tells the user of the bearer token. */
export function authRoutes(secret) {
  return {
    'POST /login': async (request, response) => {
      const body = await readJson(request)
      if (typeof body?.user !== 'string' || body.user === '') return send(response, 400, { error: 'user is missing' })
      send(response, 200, { token: sign(secret, body.user, now() + tokenLifeSeconds) })
    },
    'GET /check': (request, response) => {
      const user = check(secret, (request.headers.authorization ?? '').replace(/^Bearer /, ''), now())
      if (user === undefined) return send(response, 401, { error: 'the token is not valid' })
      send(response, 200, { user })
    },
  }
}
