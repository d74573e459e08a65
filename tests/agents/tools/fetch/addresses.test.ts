import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createGuard } from '../../../../src/server/agents/tools/fetch/guard.ts'
import { parseWebAddress } from '../../../../src/server/agents/tools/fetch/web-address.ts'
import { contextOf, createOpened, type Site, wordsOf } from './site.ts'

/** `PORT` stands for the port of the canary, which is among the open ones here. */
const REFUSED: [url: string, reason: string][] = [
  // Loopback in every spelling that the parser of addresses knows.
  ['http://127.0.0.1:PORT/', 'loopback'],
  ['http://127.0.0.2:PORT/', 'loopback'],
  ['http://127.255.255.254:PORT/', 'loopback'],
  ['http://127.1:PORT/', 'loopback'],
  ['http://127.0.1:PORT/', 'loopback'],
  ['http://2130706433:PORT/', 'loopback'],
  ['http://0x7f000001:PORT/', 'loopback'],
  ['http://0X7F.0.0.1:PORT/', 'loopback'],
  ['http://0x7f.1:PORT/', 'loopback'],
  ['http://017700000001:PORT/', 'loopback'],
  ['http://0177.0.0.1:PORT/', 'loopback'],
  ['http://0177.0x0.0.01:PORT/', 'loopback'],
  ['http://127.0.0.1.:PORT/', 'loopback'],
  ['http://１２７.０.０.１:PORT/', 'loopback'],
  ['http://127。0。0。1:PORT/', 'loopback'],
  ['http://①②⑦.⓪.⓪.①:PORT/', 'loopback'],
  ['http://%31%32%37.0.0.1:PORT/', 'loopback'],
  ['http://127.0.0.1%2e:PORT/', 'loopback'],
  ['http:127.0.0.1:PORT', 'loopback'],
  ['http:\\\\127.0.0.1:PORT\\', 'loopback'],
  ['  http://127.0.0.1:PORT/\t', 'loopback'],
  ['http://127.0.\n0.1:PORT/', 'loopback'],
  ['https://127.0.0.1:PORT/', 'loopback'],
  ['http://@127.0.0.1:PORT/', 'loopback'],
  ['http://[::1]:PORT/', 'loopback'],
  ['http://[0:0:0:0:0:0:0:1]:PORT/', 'loopback'],
  ['http://[0000::0001]:PORT/', 'loopback'],
  ['http://[::ffff:127.0.0.1]:PORT/', 'loopback'],
  ['http://[::ffff:7f00:1]:PORT/', 'loopback'],
  ['http://[0:0:0:0:0:FFFF:7F00:0001]:PORT/', 'loopback'],
  ['http://[::ffff:0:127.0.0.1]:PORT/', 'loopback'],
  ['http://[::127.0.0.1]:PORT/', 'reserved'],
  ['http://[::7f00:1]:PORT/', 'reserved'],
  ['http://[64:ff9b::127.0.0.1]:PORT/', 'loopback'],
  ['http://[64:ff9b::7f00:1]:PORT/', 'loopback'],
  ['http://[2002:7f00:1::]:PORT/', 'tunnel'],
  // Unspecified: most systems connect to themselves.
  ['http://0.0.0.0:PORT/', 'unspecified'],
  ['http://0:PORT/', 'unspecified'],
  ['http://0x0:PORT/', 'unspecified'],
  ['http://0.1.2.3:PORT/', 'unspecified'],
  ['http://[::]:PORT/', 'unspecified'],
  ['http://[::ffff:0.0.0.0]:PORT/', 'unspecified'],
  // Private networks and what lies between them and the world.
  ['http://10.0.0.1/', 'private'],
  ['http://10.255.255.255/', 'private'],
  ['http://167772161/', 'private'],
  ['http://172.16.0.1/', 'private'],
  ['http://172.31.255.255/', 'private'],
  ['http://192.168.0.1/', 'private'],
  ['http://192.168.257/', 'private'],
  ['http://[::ffff:10.0.0.1]/', 'private'],
  ['http://[::ffff:c0a8:1]/', 'private'],
  ['http://[64:ff9b::10.0.0.1]/', 'private'],
  ['http://[fc00::1]/', 'private'],
  ['http://[fd12:3456:789a::1]/', 'private'],
  ['http://[fec0::1]/', 'private'],
  ['http://100.64.0.1/', 'inner network'],
  ['http://100.127.255.255/', 'inner network'],
  ['http://169.254.0.1/', 'link-local'],
  ['http://169.254.170.2/', 'link-local'],
  ['http://[fe80::1]/', 'link-local'],
  ['http://[febf::1]/', 'link-local'],
  // Where clouds keep their secrets.
  ['http://169.254.169.254/latest/meta-data/', 'metadata'],
  ['http://2852039166/', 'metadata'],
  ['http://0xa9fea9fe/', 'metadata'],
  ['http://0251.0376.0251.0376/', 'metadata'],
  ['http://[::ffff:169.254.169.254]/', 'metadata'],
  ['http://[::ffff:a9fe:a9fe]/', 'metadata'],
  ['http://[64:ff9b::a9fe:a9fe]/', 'metadata'],
  ['http://100.100.100.200/', 'metadata'],
  ['http://168.63.129.16/', 'metadata'],
  ['http://[::ffff:168.63.129.16]/', 'metadata'],
  ['http://[fd00:ec2::254]/', 'metadata'],
  ['http://[fd00:0ec2:0:0:0:0:0:0254]/', 'metadata'],
  // Addresses of nobody.
  ['http://192.0.0.1/', 'reserved'],
  ['http://192.0.0.192/', 'reserved'],
  ['http://192.0.2.1/', 'reserved'],
  ['http://192.88.99.1/', 'reserved'],
  ['http://198.18.0.1/', 'reserved'],
  ['http://198.19.255.255/', 'reserved'],
  ['http://198.51.100.1/', 'reserved'],
  ['http://203.0.113.1/', 'reserved'],
  ['http://240.0.0.1/', 'reserved'],
  ['http://254.255.255.255/', 'reserved'],
  ['http://255.255.255.255/', 'broadcast'],
  ['http://224.0.0.1/', 'multicast'],
  ['http://239.255.255.250/', 'multicast'],
  ['http://[ff02::1]/', 'multicast'],
  ['http://[ff0e::1]/', 'multicast'],
  ['http://[2001:db8::1]/', 'reserved'],
  ['http://[3fff::1]/', 'reserved'],
  ['http://[100::1]/', 'reserved'],
  ['http://[100:0:0:1::1]/', 'reserved'],
  ['http://[2001:2::1]/', 'reserved'],
  ['http://[5f00::1]/', 'reserved'],
  ['http://[1::1]/', 'reserved'],
  ['http://[4000::1]/', 'reserved'],
  ['http://[fe00::1]/', 'reserved'],
  ['http://[::8.8.8.8]/', 'reserved'],
  ['http://[2002:808:808::1]/', 'tunnel'],
  ['http://[2001::1]/', 'tunnel'],
  ['http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/', 'tunnel'],
  ['http://[64:ff9b:1::7f00:1]/', 'tunnel'],
  ['http://[64:ff9b:1::808:808]/', 'tunnel'],
  // Names of this machine and its network.
  ['http://localhost:PORT/', 'private network'],
  ['http://LOCALHOST:PORT/', 'private network'],
  ['http://localhost.:PORT/', 'private network'],
  ['http://ⓛocalhost:PORT/', 'private network'],
  ['http://loc\u00adalhost:PORT/', 'private network'],
  ['http://%6cocalhost:PORT/', 'private network'],
  ['http://a.b.localhost:PORT/', 'private network'],
  ['http://printer.local/', 'private network'],
  ['http://printer.local./', 'private network'],
  ['http://wiki.internal/', 'private network'],
  ['http://metadata.google.internal/computeMetadata/v1/', 'private network'],
  ['http://METADATA.google.INTERNAL./', 'private network'],
  // Names whose addresses tell.
  ['http://loopback.test:PORT/', 'loopback'],
  ['http://ipv6-loopback.test:PORT/', 'loopback'],
  ['http://public-and-loopback.test:PORT/', 'loopback'],
  ['http://mapped.test:PORT/', 'loopback'],
  ['http://octal.test:PORT/', 'no address'],
  ['http://private.test/', 'private'],
  ['http://metadata.test/', 'metadata'],
  ['http://zone.test/', 'link-local'],
  ['http://nowhere.test/', 'No host named'],
  ['http://empty.test/', 'No host named'],
  ['http://localhost.test:PORT/', 'No host named'],
  // No web addresses.
  ['file:///etc/passwd', 'Only http and https'],
  ['data:text/html,hello', 'Only http and https'],
  ['ftp://example.test/', 'Only http and https'],
  ['gopher://127.0.0.1:PORT/', 'Only http and https'],
  ['javascript:alert(1)', 'Only http and https'],
  ['blob:http://127.0.0.1:PORT/x', 'Only http and https'],
  ['ws://127.0.0.1:PORT/', 'Only http and https'],
  ['view-source:http://127.0.0.1:PORT/', 'Only http and https'],
  ['unix:/var/run/docker.sock', 'Only http and https'],
  ['example.test/page', 'complete web address'],
  ['//127.0.0.1:PORT/', 'complete web address'],
  ['/etc/passwd', 'complete web address'],
  ['http://', 'complete web address'],
  ['http://256.256.256.256/', 'complete web address'],
  ['http://1.2.3.4.5/', 'complete web address'],
  ['http://[fe80::1%25eth0]/', 'complete web address'],
  ['http://public.test:99999/', 'complete web address'],
  ['http://exa mple.test/', 'complete web address'],
  ['http://user:secret@public.test/', 'user name or password'],
  ['http://public.test@127.0.0.1:PORT/', 'user name or password'],
  ['http://public.test:80@127.0.0.1:PORT/', 'user name or password'],
  ['http://127.0.0.1:PORT\\@public.test/', 'loopback'],
  ['http://127.0.0.1:PORT#@public.test/', 'loopback'],
  ['http://127.0.0.1:PORT?@public.test/', 'loopback'],
  ['http://a..test/', 'not valid'],
  ['http://localhost..:PORT/', 'not valid'],
  // Ports of other things than websites.
  ['http://public.test:22/', 'Port 22'],
  ['http://public.test:25/', 'Port 25'],
  ['http://public.test:6379/', 'Port 6379'],
  ['http://public.test:0/', 'Port 0'],
  ['https://8.8.8.8:8444/', 'Port 8444'],
]

const ADMITTED = [
  'http://public.test/',
  'https://public.test/',
  'http://public.test:80/',
  'http://public.test:8080/',
  'https://public.test:8443/',
  'http://public.test.:8080/',
  'https://PUBLIC.test/a?b=c#d',
  'http://several.test/',
  'http://mapped-public.test/',
  'http://notlocalhost.test/',
  'http://notlocal/',
  'http://8.8.8.8/',
  'http://134744072/',
  'http://9.255.255.255/',
  'http://11.0.0.1/',
  'http://100.63.255.255/',
  'http://100.128.0.1/',
  'http://126.255.255.255/',
  'http://128.0.0.1/',
  'http://169.253.255.255/',
  'http://172.15.255.255/',
  'http://172.32.0.1/',
  'http://192.167.255.255/',
  'http://192.169.0.1/',
  'http://198.17.255.255/',
  'http://198.20.0.1/',
  'http://223.255.255.255/',
  'http://[2606:4700::1111]/',
  'http://[2a00:1450:4001::1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[64:ff9b::8.8.8.8]/',
]

const NAMES: Record<string, string[]> = {
  'public.test': ['8.8.8.8'],
  'notlocalhost.test': ['8.8.8.8'],
  notlocal: ['8.8.8.8'],
  'several.test': ['8.8.8.8', '2606:4700::1111'],
  'mapped-public.test': ['::ffff:8.8.8.8'],
  'loopback.test': ['127.0.0.1'],
  'ipv6-loopback.test': ['::1'],
  'public-and-loopback.test': ['8.8.8.8', '127.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'octal.test': ['0177.0.0.1'],
  'private.test': ['10.1.2.3'],
  'metadata.test': ['169.254.169.254'],
  'zone.test': ['fe80::1%eth0'],
  'empty.test': [],
}
const resolve = async (host: string) => {
  const addresses = NAMES[host]
  if (!addresses) throw new Error('ENOTFOUND')
  return addresses
}

const opened = createOpened()
let canary: Site
beforeAll(async () => {
  canary = await opened.site(socket => socket.end(), '::')
})
afterAll(() => opened.close())

test('an address that leads anywhere but to the public web is refused, and nothing is connected', async () => {
  const tool = opened.webFetch([], { resolve, ports: [80, 443, 8080, 8443, canary.port] })
  const wrong: string[] = []
  for (const [pattern, reason] of REFUSED) {
    const url = pattern.replace('PORT', String(canary.port))
    const words = await wordsOf(tool.run({ url }, contextOf()))
    if (!words.startsWith('ToolFailure: ') || !words.includes(reason)) wrong.push(`${url} → ${words}, not ${reason}`)
    if (words.includes('secret')) wrong.push(`${url} repeats a password`)
  }
  expect(wrong).toEqual([])
  expect(canary.connections()).toBe(0)
})

test('the public web is open, to the edges of what is not', async () => {
  const guard = createGuard({ allow: [], ports: [80, 443, 8080, 8443], resolve })
  for (const url of ADMITTED) expect((await guard.check(parseWebAddress(url))).length).toBeGreaterThan(0)
})

test('the tables are worth their name', () => {
  expect(new Set([...REFUSED.map(([url]) => url), ...ADMITTED]).size).toBe(REFUSED.length + ADMITTED.length)
  expect(REFUSED.length + ADMITTED.length).toBeGreaterThanOrEqual(180)
})
