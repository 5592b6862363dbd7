import type { LineMessage } from "~/lib/sync/line/line-message";
import { lineChannel, wantsChannel } from "~/lib/sync/line/line-names";
import type { Outbox } from "~/lib/sync/outbox/outbox";
import type { WaitingEdit } from "~/lib/sync/outbox/outbox-state";
import type { SyncMonitor } from "~/lib/sync/sync-monitor";
import { type Answer, linePath, nextPoll, placeOf } from "~/lib/wire/line";
import { inspectHeader, moment, momentsHeader, parseMoments } from "~/lib/wire/moments";
import { FrameReader, type LineTraffic, noLineTraffic } from "./line-log";
import { type Faults, Network, type Observer } from "./network";
import { OtherTabs, type Sighting, type Tabs } from "./other-tabs";
import { pushObserver } from "./push-observer";
import { arrivalsIn, noTraffic, type ShapeTraffic, withAnswer } from "./shape-traffic";
import type { SyncEvent } from "./sync-event";
import { timelinesOf } from "./timelines";
import { emptyView, type InspectorView } from "./view";

/** How many events the inspector remembers: enough for some dozens of writes. */
const remembered = 600;

/** How often the inspector looks for what nobody reports, such as the tabs of the browser, in milliseconds. */
const lookEvery = 1_000;

/** How long after an event the inspector draws what is new, in milliseconds. */
const drawAfter = 100;

/** How long the inspector waits for a collection to get rows that have arrived, in milliseconds. */
const confirmWithin = 60_000;

/** The parts of a synced collection that the inspector reads. */
interface Inspected {
  readonly size: number;
  readonly utils: { awaitTxId?: (txid: number, timeout?: number) => Promise<boolean> };
}

/** The sync of one user in this tab. */
export interface InspectedSync {
  readonly userId: string;
  readonly monitor: SyncMonitor;
  readonly outbox: Outbox;
  readonly collections: Readonly<Record<string, Inspected>>;
}

/**
 * Watches the sync of this tab from outside: at the network, at the channel of the line, and at what the outbox and the
 * monitor show to every page. The sync has no code for the inspector.
 */
export class Inspector {
  readonly network = new Network(
    (url, init) => this.#observe(url, init),
    () => this.#changed(),
  );
  readonly #sync: InspectedSync;
  readonly #ended = new AbortController();
  readonly #tabs: OtherTabs;
  readonly #listeners = new Set<() => void>();
  readonly #events: SyncEvent[] = [];
  readonly #traffic = new Map<string, ShapeTraffic>();
  /** The poll that waits for each shape, by the name of the shape. */
  readonly #polls = new Map<string, string>();
  readonly #queued = new Set<string>();
  readonly #sightings: BroadcastChannel;
  readonly #lineChannel: BroadcastChannel;
  readonly #id = crypto.randomUUID();
  #line: LineTraffic = noLineTraffic;
  #seenTabs: Tabs = emptyView.tabs;
  #view: InspectorView = emptyView;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(sync: InspectedSync) {
    this.#sync = sync;
    this.#tabs = new OtherTabs(sync.userId, this.#ended.signal);
    this.#sightings = new BroadcastChannel(`tracer-inspector:${sync.userId}`);
    this.#lineChannel = new BroadcastChannel(lineChannel(sync.userId));
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Returns what to show: the same object until something changes. */
  readonly read = (): InspectorView => this.#view;

  /** Begins to watch. Asks the server once more for each shape, so that the requests pass the inspector's network. */
  open(): void {
    const { userId, monitor, outbox } = this.#sync;
    const { signal } = this.#ended;
    this.network.open();
    this.#lineChannel.addEventListener("message", ({ data }: MessageEvent<LineMessage>) => this.#hear(data));
    const wants = new BroadcastChannel(wantsChannel(userId));
    wants.addEventListener("message", ({ data }: MessageEvent<string>) =>
      this.#polls.set(shapeOf(data), data),
    );
    this.#sightings.addEventListener("message", ({ data }: MessageEvent<Sighting>) =>
      this.#note({ kind: "seen", ...data }),
    );
    const unsubscribe = [
      outbox.state.subscribe(() => this.#takeQueue(outbox.state.read().waiting)),
      monitor.subscribe(() => this.#changed()),
    ];
    const timer = setInterval(() => void this.#look(), lookEvery);
    signal.addEventListener("abort", () => {
      for (const stop of unsubscribe) stop();
      clearInterval(timer);
      for (const channel of [wants, this.#sightings, this.#lineChannel]) channel.close();
    });
    this.#takeQueue(outbox.state.read().waiting);
    monitor.retry();
    void this.#look();
  }

  /** Stops watching and ends every fault. The sync goes on as if there had been no inspector. */
  close(): void {
    if (this.#ended.signal.aborted) return;
    this.network.close();
    this.#ended.abort();
    clearTimeout(this.#drawing);
    this.#listeners.clear();
    // The line that goes through the inspector's network gives way to one that does not.
    if (!this.#sync.monitor.signal.aborted) this.#sync.monitor.retry();
  }

  /** Begins or ends faults of the network. */
  readonly setFaults = (faults: Partial<Faults>): void => this.network.set(faults);

  /** Makes this tab the one that leads the line. */
  readonly leadHere = async (): Promise<void> => {
    await this.#tabs.leadHere();
    await this.#look();
  };

  /**
   * Has the tabs of this browser hold a handle that the server does not know, as after the server has dropped the shape.
   * The server answers the next poll with 409, and the shape is loaded anew.
   */
  readonly dropShape = (name: string): void => {
    const poll = this.#polls.get(name);
    const traffic = this.#traffic.get(name);
    if (poll === undefined || traffic?.offset === undefined) return;
    const answer: Answer = {
      status: 200,
      headers: {
        "content-type": "application/json",
        "electric-handle": `${Date.now()}-dropped`,
        "electric-offset": traffic.offset,
        "electric-cursor": String(Date.now()),
        "electric-up-to-date": "",
      },
      body: '[{"headers":{"control":"up-to-date"}}]',
    };
    const message: LineMessage = { kind: "answer", place: placeOf(poll), answer };
    this.#lineChannel.postMessage(message);
  };

  #observe(url: URL, init: RequestInit | undefined): Observer | undefined {
    const { pathname } = url;
    const body = typeof init?.body === "string" ? init.body : "";
    if (pathname === "/api/trpc/push") return pushObserver(body, (event) => this.#note(event));
    if (pathname === linePath) return this.#observeLine(JSON.parse(body).polls);
    const name = shapeOf(pathname);
    if (!(name in this.#sync.collections)) return undefined;
    return {
      answered: ({ status, headers }, text) =>
        this.#take(name, "request", { status, headers: Object.fromEntries(headers), body: text }),
      ended: (failed) => failed && this.#count(name, { errors: 1, requests: 1 }),
    };
  }

  #observeLine(first: readonly string[]): Observer {
    const polls: (string | undefined)[] = [...first];
    for (const poll of first) this.#takePoll(poll);
    const reader = new FrameReader();
    const shapes = [...new Set(first.map(shapeOf))];
    this.#line = { ...this.#line, shapes, isOpen: true, opened: this.#line.opened + 1 };
    const { opened } = this.#line;
    return {
      headers: { [inspectHeader]: "1" },
      part: (text) => {
        this.#line = { ...this.#line, bytes: this.#line.bytes + byteLength(text), heardAt: moment() };
        for (const frame of reader.read(text)) {
          if (!("poll" in frame)) continue;
          const poll = polls[frame.poll];
          if (poll === undefined) continue;
          polls[frame.poll] = nextPoll(poll, frame);
          this.#line = { ...this.#line, answers: this.#line.answers + 1 };
          this.#take(shapeOf(poll), "line", frame);
        }
        this.#changed();
      },
      ended: () => {
        // A newer request has taken over.
        if (this.#line.opened === opened) this.#line = { ...this.#line, isOpen: false };
        this.#changed();
      },
    };
  }

  /** Takes note of a poll that waits on the line. The poll says where the tab is in the log of the shape. */
  #takePoll(poll: string): void {
    const name = shapeOf(poll);
    const parameters = new URLSearchParams(poll.replace(/^[^?]*/, ""));
    this.#polls.set(name, poll);
    this.#traffic.set(name, {
      ...(this.#traffic.get(name) ?? noTraffic),
      handle: parameters.get("handle") ?? undefined,
      offset: parameters.get("offset") ?? undefined,
    });
    this.#changed();
  }

  /** Hears what the leading tab hands out, in the tabs that do not lead. The tab that leads has heard the answer before. */
  #hear(message: LineMessage): void {
    if (message.kind !== "answer" || this.#seenTabs.leader === "this") return;
    this.#take(shapeOf(message.place), "line", message.answer);
  }

  #take(name: string, way: "request" | "line", { status, headers, body }: Answer): void {
    const at = moment();
    const header = (key: string) => headers[key];
    this.#traffic.set(
      name,
      withAnswer(this.#traffic.get(name) ?? noTraffic, { at, way, status, header, bytes: byteLength(body) }),
    );
    const { served: servedAt } = parseMoments(headers[momentsHeader] ?? "");
    for (const { txid, lsn } of status === 200 ? arrivalsIn(body) : []) {
      if (
        this.#events.some((event) => event.kind === "arrived" && event.txid === txid && event.shape === name)
      )
        continue;
      this.#note({ kind: "arrived", at, shape: name, txid, lsn, servedAt });
      void this.#confirm(name, txid);
    }
    this.#changed();
  }

  #count(name: string, { errors, requests }: { errors: number; requests: number }): void {
    const traffic = this.#traffic.get(name) ?? noTraffic;
    this.#traffic.set(name, {
      ...traffic,
      errors: traffic.errors + errors,
      requests: traffic.requests + requests,
    });
    this.#changed();
  }

  async #confirm(name: string, txid: number): Promise<void> {
    const isThere = await this.#sync.collections[name]?.utils
      .awaitTxId?.(txid, confirmWithin)
      .catch(() => false);
    if (!isThere || this.#ended.signal.aborted) return;
    const at = moment();
    this.#note({ kind: "confirmed", at, txid });
    const sighting: Sighting = { tab: this.#id, txid, at };
    this.#sightings.postMessage(sighting);
  }

  #takeQueue(waiting: readonly WaitingEdit[]): void {
    for (const { id, changes } of waiting) {
      if (this.#queued.has(id)) continue;
      this.#queued.add(id);
      const what = changes.map(({ collection, type, value }) =>
        type === "update" ? `${collection}: ${Object.keys(value).join(", ")}` : `${type} in ${collection}`,
      );
      this.#note({ kind: "queued", at: moment(), id, what: [...new Set(what)].join("; ") });
      afterPaint(() => this.#note({ kind: "shown", at: moment(), id }));
    }
  }

  #note(event: SyncEvent): void {
    if (this.#ended.signal.aborted) return;
    this.#events.push(event);
    if (this.#events.length > remembered) this.#events.shift();
    this.#changed();
  }

  async #look(): Promise<void> {
    this.#seenTabs = await this.#tabs.look();
    if (!this.#ended.signal.aborted) this.#changed();
  }

  /** Shows what is new in a moment, and not at once: drawing would delay the very write that is measured. */
  #changed(): void {
    this.#drawing ??= setTimeout(() => this.#draw(), drawAfter);
  }

  #draw(): void {
    this.#drawing = undefined;
    const { monitor, collections } = this.#sync;
    const reports = new Map(monitor.report().shapes.map((report) => [report.name, report]));
    this.#view = {
      ...timelinesOf(this.#events),
      shapes: Object.entries(collections).map(([name, { size }]) => ({
        ...(this.#traffic.get(name) ?? noTraffic),
        name,
        state: reports.get(name)?.state,
        message: reports.get(name)?.message,
        rows: size,
      })),
      line: this.#line,
      tabs: this.#seenTabs,
      faults: this.network.faults,
    };
    for (const listener of this.#listeners) listener();
  }
}

/** The name of the shape that a path, or a path with a query, asks for. */
function shapeOf(path: string): string {
  return path.replace(/^\/api\//, "").replace(/\?.*/, "");
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Calls back when the browser has painted the next frame. A hidden tab paints none. */
function afterPaint(painted: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      painted();
    };
    port2.postMessage(undefined);
  });
}
