import { startLossClient } from '../../bench/support/loss-client.mjs'

/** Steady requests to several services: `urls` maps a service's name to what is asked for. */
export function startTraffic(urls, { perSecond, versionOf }) {
  const share = perSecond / Object.keys(urls).length
  const clients = Object.entries(urls).map(([name, url]) => [
    name,
    startLossClient({ url, perSecond: share, versionOf }),
  ])
  const ledgers = Object.fromEntries(clients.map(([name, { ledger }]) => [name, ledger]))
  const sum = (count) => Object.values(ledgers).reduce((total, ledger) => total + count(ledger), 0)
  return {
    ledgers,
    /** So far, over all services. */
    totals: () => ({
      requests: sum((ledger) => ledger.requests),
      lost: sum((ledger) => ledger.failures.length),
      backwards: sum((ledger) => ledger.backwards.length),
    }),
    /** What went wrong, as words; empty where nothing did. */
    losses: () =>
      Object.entries(ledgers).flatMap(([name, { failures, backwards }]) => {
        const failed = failures.map(({ kind, detail }) => `${name}: ${kind}: ${detail}`)
        return failed.concat(
          backwards.map(({ version, floor }) => `${name}: version ${version} was seen after ${floor}`),
        )
      }),
    stop: async () => {
      await Promise.all(clients.map(([, client]) => client.stop()))
    },
  }
}
