import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { staticPlugin } from '@elysiajs/static'
import { Elysia } from 'elysia'
import { notFound } from './problems.ts'
import { SECURITY_HEADERS } from './security.ts'

/** The built client: hashed files for ever, and its one page under every address that is not the API's. */
export async function assetRoutes(dir: string) {
  const page = join(dir, 'index.html')
  const assets = existsSync(join(dir, 'assets'))
    ? await staticPlugin({
        assets: join(dir, 'assets'),
        prefix: '/assets',
        alwaysStatic: true,
        indexHTML: false,
        headers: { ...SECURITY_HEADERS, 'cache-control': 'public, max-age=31536000, immutable' },
      })
    : new Elysia()
  const own = (file: string) => Bun.file(join(dir, file))

  return new Elysia()
    .use(assets)
    .get('/favicon.svg', () => serve(own('favicon.svg'), 'public, max-age=86400'), { detail: { hide: true } })
    .get('/theme.js', () => serve(own('theme.js'), 'no-cache'), { detail: { hide: true } })
    .get(
      '/*',
      ({ path }) => {
        if (/^\/(api|uploads|assets|openapi)(\/|$)/.test(path)) throw notFound('page')
        return serve(Bun.file(page), 'no-cache')
      },
      { detail: { hide: true } },
    )
}

async function serve(file: ReturnType<typeof Bun.file>, cacheControl: string): Promise<Response> {
  if (!(await file.exists())) throw notFound('page')
  return new Response(file, { headers: { 'cache-control': cacheControl, 'content-type': file.type } })
}
