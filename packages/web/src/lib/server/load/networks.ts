import { getIP } from "better-auth/api";

/** A network that a client's address belongs to. */
export interface Network {
  /** The name of the network, by which its attempts are counted. */
  readonly name: string;
  /** How many households or offices such a network holds, about. Its limits are so many times as high. */
  readonly size: number;
}

/** The name of all clients whose address nobody knows. */
const unknown = "unknown";

/**
 * Names the networks that count as one client. An IPv4 address is one. A provider gives a customer a /64 of IPv6 at least,
 * in which the customer has every address, and often a /48, so that both are counted.
 *
 * @param address a valid address, or undefined when nobody knows the address
 * @returns the narrowest network first
 */
export function networksOf(address: string | undefined): [Network, ...Network[]] {
  if (address === undefined) return [{ name: unknown, size: 1 }];
  const narrow = networkOf(address, 64);
  if (!narrow.includes(":")) return [{ name: narrow, size: 1 }];
  return [
    { name: narrow, size: 1 },
    { name: `${networkOf(address, 48)}/48`, size: 4 },
  ];
}

/** Writes the network as better-auth does, which stores the addresses of sessions so. */
function networkOf(address: string, ipv6Subnet: number): string {
  const ipAddress = { ipAddressHeaders: ["address"], ipv6Subnet };
  return getIP(new Headers({ address }), { advanced: { ipAddress } }) ?? unknown;
}

/** The name of the widest network that counts as one client. */
export function widestNetwork(address: string | undefined): string {
  const networks = networksOf(address);
  return (networks.at(-1) ?? networks[0]).name;
}
