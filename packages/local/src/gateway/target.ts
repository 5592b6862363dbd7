import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/**
 * Connects to the server of a Postgres URL, over TLS when the URL's sslmode asks for TLS.
 *
 * @throws the socket's error, or an Error when the server does not offer TLS
 */
export async function connectToPostgres(url: string): Promise<Socket> {
  const target = parseTarget(url);
  const socket = connectTcp({ host: target.host, port: target.port, noDelay: true, keepAlive: true });
  try {
    await once(socket, "connect");
    if (target.tls === "no") return socket;
    return await upgrade(socket, target);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

export interface Target {
  host: string;
  port: number;
  tls: "no" | "unverified" | "verified";
}

/**
 * Reads host, port and TLS from a Postgres URL. As in node-postgres, every sslmode except `disable` and `no-verify`
 * asks for a verified certificate.
 */
export function parseTarget(url: string): Target {
  const { hostname, port, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode");
  return {
    host: decodeURIComponent(hostname).replace(/^\[|\]$/g, "") || "localhost",
    port: port ? Number(port) : 5432,
    tls: mode === null || mode === "disable" ? "no" : mode === "no-verify" ? "unverified" : "verified",
  };
}

/**
 * Turns an open connection into one over TLS: sends an SSLRequest, and begins TLS after the single byte "S".
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
async function upgrade(socket: Socket, target: Target): Promise<Socket> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(80877103, 4);
  socket.write(request);
  const [answer]: Buffer[] = await once(socket, "data");
  // Further bytes would be clear text that an attacker put before the encrypted part (CVE-2021-23222).
  if (answer?.toString("latin1") !== "S")
    throw new Error("the server does not offer TLS, which sslmode asks for");
  const secure = connectTls({
    socket,
    rejectUnauthorized: target.tls === "verified",
    ...(isIP(target.host) ? { host: target.host } : { servername: target.host }),
  });
  await once(secure, "secureConnect");
  return secure;
}
