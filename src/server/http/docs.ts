import { fileURLToPath } from 'node:url'
import { openapi } from '@elysiajs/openapi'
import { Elysia } from 'elysia'
import { z } from 'zod'

const DESCRIPTION =
  'Commands by POST, events by Server-Sent Events. Sign in with the session cookie or with `Authorization: Bearer`. ' +
  'Errors are `application/problem+json` with a stable `code`; missing and forbidden things both answer 404.'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GroupChat API</title>
<link rel="stylesheet" href="/openapi/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/openapi/swagger-ui-bundle.js"></script>
<script src="/openapi/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({ url: '/openapi/json', dom_id: '#api', deepLinking: true, docExpansion: 'list' })\n`

/** The API described to programs (`/openapi/json`) and to people (`/openapi`), from this server alone: no script of another origin. */
export function docsRoutes() {
  const file = (name: string, type: string) => () =>
    new Response(Bun.file(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))), {
      headers: { 'content-type': type, 'cache-control': 'public, max-age=86400' },
    })
  const text = (body: string, type: string) => () =>
    new Response(body, { headers: { 'content-type': `${type}; charset=utf-8` } })
  const hidden = { detail: { hide: true } }

  return new Elysia()
    .use(
      openapi({
        path: '/openapi',
        provider: null,
        mapJsonSchema: { zod: z.toJSONSchema },
        documentation: {
          info: { title: 'GroupChat', version: '0.1.0', description: DESCRIPTION },
          components: {
            securitySchemes: {
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
            },
          },
          security: [{ bearer: [] }, { cookie: [] }],
        },
      }),
    )
    .get('/openapi', text(PAGE, 'text/html'), hidden)
    .get('/openapi/start.js', text(START, 'text/javascript'), hidden)
    .get('/openapi/swagger-ui.css', file('swagger-ui.css', 'text/css'), hidden)
    .get('/openapi/swagger-ui-bundle.js', file('swagger-ui-bundle.js', 'text/javascript'), hidden)
}
