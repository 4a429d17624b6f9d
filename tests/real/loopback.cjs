// Loaded into a server before its own code: it finds no other machine, as names are not looked up.
// Ghost, for one, tells each site that a post links to about the post (webmention).

const dns = require('node:dns')
const { syncBuiltinESMExports } = require('node:module')
const { isIP } = require('node:net')

const here = (name) => !name || name === 'localhost' || isIP(name)

function unknown(name) {
  const error = new Error(`getaddrinfo ENOTFOUND ${name}`)
  return Object.assign(error, { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name })
}

const { lookup } = dns
dns.lookup = (name, ...rest) => (here(name) ? lookup(name, ...rest) : process.nextTick(rest.at(-1), unknown(name)))
const { lookup: promised } = dns.promises
dns.promises.lookup = async (name, options) => {
  if (!here(name)) throw unknown(name)
  return promised(name, options)
}
// What asks name servers itself asks one that is not there.
dns.setServers(['127.0.0.1:9'])
syncBuiltinESMExports()
