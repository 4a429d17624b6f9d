// Runs a Bluesky PDS and, in the same process, the directory of identities (PLC) that it writes to; both on loopback only.
//
//     node server.mjs FOLDER DATA PORT
//
// FOLDER: where install_pds.sh has put the PDS. DATA: an empty folder for its files.
// The directory takes every operation whose signatures and order are right, as the public one does, and keeps it in memory.

import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, data, port] = process.argv.slice(2)
const entry = createRequire(join(folder, 'package.json')).resolve('@atproto/pds')
const { PDS, envToCfg, envToSecrets } = await import(pathToFileURL(entry))
const plc = createRequire(entry)('@did-plc/lib')

const logs = new Map()

async function answer(method, path, body) {
  const [did, ...rest] = path.slice(1).split('/').map(decodeURIComponent)
  const log = logs.get(did) ?? []
  if (method === 'POST') {
    await plc.validateOperationLog(did, [...log, body])
    logs.set(did, [...log, body])
    return [200, {}]
  }
  if (!log.length) return [404, { message: `DID not registered: ${did}` }]
  const known = await plc.validateOperationLog(did, log)
  const asked = { '': () => plc.formatDidDoc(known), data: () => known, 'log/last': () => log.at(-1), log: () => log }
  const made = asked[rest.join('/')]
  return made ? [200, made()] : [404, { message: 'no such thing' }]
}

const directory = createServer(async (request, response) => {
  let status, said
  try {
    const chunks = await request.toArray()
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined
    ;[status, said] = await answer(request.method, new URL(request.url, 'http://directory').pathname, body)
  } catch (error) {
    ;[status, said] = [400, { message: String(error.message) }]
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
})
await new Promise((done) => directory.listen(0, '127.0.0.1', done))

const blobs = join(data, 'blobs')
mkdirSync(blobs, { recursive: true })
const env = {
  port: Number(port),
  hostname: 'localhost',
  serviceHandleDomains: ['.test'],
  dataDirectory: data,
  blobstoreDiskLocation: blobs,
  blobstoreDiskTmpLocation: join(data, 'uploads'),
  didPlcUrl: `http://127.0.0.1:${directory.address().port}`,
  devMode: true, // it may ask servers on loopback
  inviteRequired: false,
  jwtSecret: randomBytes(16).toString('hex'),
  adminPassword: randomBytes(16).toString('hex'),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
}
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
const listen = pds.app.listen.bind(pds.app)
pds.app.listen = (on) => listen(on, '127.0.0.1')
await pds.start()

process.on('SIGTERM', async () => {
  await pds.destroy()
  process.exit(0)
})
