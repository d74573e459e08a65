import { Elysia } from 'elysia'
import ipaddr from 'ipaddr.js'
import type { Deps } from '../app.ts'
import type { createAddresses } from './address.ts'
import { documentText } from './document.ts'
import { requireAdmin } from './session.ts'

/** Told by a proxy, however near: then the request comes from further away than its socket says. */
const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']

/** Figures for Prometheus: for admins, and for whoever asks on the machine itself. */
export function metricsRoutes({ metrics, sessions, secure }: Deps, addressOf: ReturnType<typeof createAddresses>) {
  return new Elysia().get(
    '/metrics',
    async ({ request, server }) => {
      if (!isHere(request, addressOf(request, server))) await requireAdmin(sessions, secure, request)
      return new Response(await metrics.text(), {
        headers: { 'content-type': metrics.type, 'cache-control': 'no-store' },
      })
    },
    { detail: documentText('Health', 'Figures for Prometheus (admins, and this machine itself)', 'text/plain') },
  )
}

function isHere(request: Request, address: string): boolean {
  if (FORWARDED.some(name => request.headers.has(name))) return false
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
