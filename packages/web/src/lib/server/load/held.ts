import { type Limited, Overload } from "~/lib/server/load/overload";

interface Bounds {
  /** How much one client may hold. */
  readonly perClient: number;
  /** How much all clients may hold together. */
  readonly together: number;
}

/** Counts what clients hold in this process at the moment, such as the bytes of bodies that are arriving. */
export class Held {
  readonly #limited: Limited;
  readonly #bounds: Bounds;
  readonly #byClient = new Map<string, number>();
  #together = 0;

  /** @param limited what is held, for the refusal */
  constructor(limited: Limited, bounds: Bounds) {
    this.#limited = limited;
    this.#bounds = bounds;
  }

  /**
   * Lets a client hold more.
   *
   * @param client such as a user's id
   * @returns a function that gives back what the client held. A second call does nothing
   * @throws Overload when the client, or all clients together, would hold too much
   */
  take(client: string, amount = 1): () => void {
    this.hold(client, amount);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.giveBack(client, amount);
    };
  }

  /**
   * Lets a client hold more, as {@link take} does, for a caller that calls {@link giveBack} once itself.
   *
   * @throws Overload when the client, or all clients together, would hold too much
   */
  hold(client: string, amount = 1): void {
    const { perClient, together } = this.#bounds;
    const before = this.#byClient.get(client) ?? 0;
    if (before + amount > perClient) throw new Overload(this.#limited, "client");
    if (this.#together + amount > together) throw new Overload(this.#limited, "everybody");
    this.#byClient.set(client, before + amount);
    this.#together += amount;
  }

  /** Takes back what a client got from {@link hold}. */
  giveBack(client: string, amount = 1): void {
    this.#together -= amount;
    const left = (this.#byClient.get(client) ?? 0) - amount;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }
}
