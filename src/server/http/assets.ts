import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { staticPlugin } from '@elysiajs/static'
import { Elysia } from 'elysia'
import { notFound } from './problems.ts'
import { SECURITY_HEADERS } from './security.ts'

/** Hashed files never change; everything else asks again. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

const COMPRESSIBLE = /^(text\/|application\/(javascript|json)|image\/svg)/

/** The built client: its hashed files, the few others, and its one page under every address that is not the API's. */
export async function assetRoutes(dir: string) {
  const assets = existsSync(join(dir, 'assets'))
    ? await staticPlugin({
        assets: join(dir, 'assets'),
        prefix: '/assets',
        alwaysStatic: true,
        indexHTML: false,
        headers: { ...SECURITY_HEADERS, 'Cache-Control': FOR_EVER },
      })
    : new Elysia()
  const compress = createCompressor()
  const hidden = { detail: { hide: true } }

  return new Elysia()
    .onAfterHandle({ as: 'scoped' }, ({ request, path, response }) =>
      response instanceof Response ? compress(request, path, response) : undefined,
    )
    .use(assets)
    .get('/favicon.svg', () => serve(join(dir, 'favicon.svg')), hidden)
    .get('/theme.js', () => serve(join(dir, 'theme.js')), hidden)
    .get(
      '/*',
      ({ path }) => {
        if (/^\/(api|uploads|assets|openapi)(\/|$)/.test(path)) throw notFound('page')
        return serve(join(dir, 'index.html'))
      },
      hidden,
    )
}

async function serve(path: string): Promise<Response> {
  const file = Bun.file(path)
  if (!(await file.exists())) throw notFound('page')
  return new Response(file, { headers: { 'cache-control': ASK_AGAIN, 'content-type': file.type } })
}

/** Gzips what shrinks, hashed files once. For files only: a compressed event stream would be held back until it ends. */
function createCompressor() {
  const known = new Map<string, Uint8Array<ArrayBuffer>>()
  return async (request: Request, path: string, response: Response): Promise<Response> => {
    const headers = new Headers(response.headers)
    if (response.status !== 200 || !COMPRESSIBLE.test(headers.get('content-type') ?? '')) return response
    headers.set('vary', 'accept-encoding')
    if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) return new Response(response.body, { headers })
    const lasting = headers.get('cache-control') === FOR_EVER
    const zipped = known.get(path) ?? Bun.gzipSync(new Uint8Array(await response.arrayBuffer()))
    if (lasting) known.set(path, zipped)
    headers.set('content-encoding', 'gzip')
    headers.delete('content-length')
    return new Response(zipped, { headers })
  }
}
