import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { PermanentError, TransientError } from '../../stores/errors.ts';

/** All addresses of a host name. Injectable, so that tests can be a hostile name server. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

export const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/** An IPv4 or IPv6 address that may be connected to. */
export type CheckedAddress = { readonly address: string; readonly family: 4 | 6 };

/**
 * The addresses of a URL's host, every one of them checked: all must be public, or named by the user
 * (`allowPrivate`: exact host, host:port, or CIDR block).
 *
 * One private address among public ones refuses them all: that is what an attacker's name looks like.
 * PermanentError `fetch.private-address`; TransientError `fetch.dns` when the name does not resolve.
 */
export async function checkedAddresses(
  url: URL,
  resolve: Resolver,
  allowPrivate: readonly string[],
): Promise<readonly CheckedAddress[]> {
  // The URL parser has already turned decimal, octal and hexadecimal spellings into dotted ones.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const addresses = ipaddr.isValid(host) ? [host] : await resolved(host, resolve);
  const hostAllowed = namesHost(url, host, allowPrivate);
  return addresses.map((address) => {
    if (!ipaddr.isValid(address) || address.includes('%')) throw refused(host, address);
    const parsed = ipaddr.parse(address);
    if (!hostAllowed && !isPublic(address) && !inBlocks(address, allowPrivate)) {
      throw refused(host, address);
    }
    return { address: parsed.toString(), family: parsed.kind() === 'ipv4' ? 4 : 6 };
  });
}

/**
 * Whether an address is one of the public internet: plain unicast. IPv4 dressed up as IPv6 (mapped, NAT64,
 * 6to4, Teredo) is not, whatever it hides; nor is IPv6 outside 2000::/3, the only space given out.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parse('2000::'), 3);
}

async function resolved(host: string, resolve: Resolver): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = await resolve(host);
  } catch (cause) {
    throw new TransientError(`The name ${host} could not be resolved.`, {
      code: 'fetch.dns',
      hint: 'Check the spelling and the network.',
      cause,
    });
  }
  if (addresses.length === 0) {
    throw new TransientError(`The name ${host} has no address.`, { code: 'fetch.dns' });
  }
  return addresses;
}

function namesHost(url: URL, host: string, allowed: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return allowed.some((entry) => {
    const name = entry.trim().toLowerCase();
    const bare = name.replace(/^\[([^\]]+)\]$/, '$1');
    return bare === host || name === `${host}:${port}` || name === `[${host}]:${port}`;
  });
}

function inBlocks(address: string, allowed: readonly string[]): boolean {
  const parsed = ipaddr.parse(address);
  return allowed.some((entry) => {
    if (!ipaddr.isValidCIDR(entry.trim())) return false;
    const [block, bits] = ipaddr.parseCIDR(entry.trim());
    return block.kind() === parsed.kind() && parsed.match(block, bits);
  });
}

function refused(host: string, address: string): PermanentError {
  const where = host === address ? address : `${host} (${address})`;
  return new PermanentError(`${where} is not an address of the public internet.`, {
    code: 'fetch.private-address',
    hint: `If it is yours and meant, name it: --allow-private ${host}`,
  });
}
