import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Opens a connection to the server that a Postgres URL names, over TLS where its sslmode asks for that. */
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

export type Target = { host: string; port: number; tls: "no" | "unverified" | "verified" };

/** Host, port and TLS of a Postgres URL. As node-postgres has it, every sslmode except two verifies the certificate. */
export function parseTarget(url: string): Target {
  const { hostname, port, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode");
  return {
    host: decodeURIComponent(hostname).replace(/^\[|\]$/g, "") || "localhost",
    port: port ? Number(port) : 5432,
    tls: mode === null || mode === "disable" ? "no" : mode === "no-verify" ? "unverified" : "verified",
  };
}

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL: ask, and go on after one byte "S". */
async function upgrade(socket: Socket, target: Target): Promise<Socket> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(80877103, 4);
  socket.write(request);
  const [answer]: Buffer[] = await once(socket, "data");
  // More than the one byte would be text that somebody put before the encrypted part (CVE-2021-23222).
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
