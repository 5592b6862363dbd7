import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Starts a wire between a browser and the app that can go silent as a network does: connections stay open, and no byte
 * comes through.
 *
 * @param target the address of the app
 */
export async function startSilentWire(target: string) {
  const { hostname, port } = new URL(target);
  const ends = new Set<Socket>();
  let isSilent = false;

  const carry = (from: Socket, to: Socket) => {
    ends.add(from);
    from.on("data", (bytes) => void to.write(bytes));
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      ends.delete(from);
      to.destroy();
    });
    if (isSilent) from.pause();
  };
  const server = createServer((browser) => {
    const app = connect(Number(port), hostname);
    carry(browser, app);
    carry(app, browser);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    /** Holds every byte from now on. New connections are taken and stay silent too. */
    fallSilent() {
      isSilent = true;
      for (const end of ends) end.pause();
    },
    /** Lets through what has been held, and all that follows. */
    speak() {
      isSilent = false;
      for (const end of ends) end.resume();
    },
    close() {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}
