import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/**
 * Lets a server listen on 127.0.0.1, on the first of the ports that is free. Port 0 stands for any free port.
 *
 * @returns the port
 * @throws the server's error, such as EADDRINUSE, when none of the ports is free
 */
export async function listenOnFirst(server: Server, ports: readonly number[]): Promise<number> {
  for (const [index, port] of ports.entries()) {
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if (index === ports.length - 1) throw error;
    }
  }
  throw new Error("No port was given to listen on.");
}
