/** What a WebSocket sends. */
type Message = Parameters<WebSocket["send"]>[0];

/**
 * A WebSocket that sends all bytes of one turn of the program as one message.
 *
 * Neon's driver writes a statement as six messages. Each message would cost a frame, a system call, and work in the
 * gateway. The Postgres protocol is a stream of bytes, so the gateway does not see where a message ends.
 */
export class JoiningSocket extends WebSocket {
  #waiting: Uint8Array[] = [];

  /** Sends bytes when the current turn ends. */
  override send(message: Message): void {
    if (!(message instanceof Uint8Array)) throw new TypeError("Neon's driver sends nothing but bytes.");
    this.#waiting.push(message);
    if (this.#waiting.length === 1) queueMicrotask(() => this.#sendWaiting());
  }

  override close(code?: number, reason?: string): void {
    this.#sendWaiting();
    super.close(code, reason);
  }

  #sendWaiting(): void {
    if (this.#waiting.length === 0) return;
    super.send(Buffer.concat(this.#waiting));
    this.#waiting = [];
  }
}
