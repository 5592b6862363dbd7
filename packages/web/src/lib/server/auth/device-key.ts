import { keyedHash } from "~/lib/server/keyed-hash";

/** What a sign-in tells of the device. */
export interface DeviceTraits {
  readonly ipAddress?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
}

/**
 * Names a device by its browser and its network. A new version of the browser and another address within the network are
 * no other device. Without the secret the name tells nothing.
 */
export function deviceKey({ ipAddress, userAgent }: DeviceTraits, secret: string): string {
  const browser = userAgent?.replace(/[\d.]+/g, "") ?? "";
  return keyedHash(secret, `seen-device|${browser}|${networkOf(ipAddress ?? "")}`);
}

/** The first three numbers of an IPv4 address, or the first three groups of an IPv6 address. */
function networkOf(address: string): string {
  const separator = address.includes(":") ? ":" : ".";
  return address.split(separator).slice(0, 3).join(separator);
}
