import type { LineMessage } from "~/lib/sync/line/line-message";
import { lineChannel, wantsChannel } from "~/lib/sync/line/line-names";
import type { Outbox } from "~/lib/sync/outbox/outbox";
import type { WaitingEdit } from "~/lib/sync/outbox/outbox-state";
import type { SyncMonitor } from "~/lib/sync/sync-monitor";
import { type Answer, linePath } from "~/lib/wire/line";
import { moment, momentsHeader, parseMoments } from "~/lib/wire/moments";
import { type InspectorMessage, inspectorChannel } from "./inspector-channel";
import { LineLog } from "./line-log";
import { type Faults, Network, type Observer } from "./network";
import { OtherTabs, type Tabs } from "./other-tabs";
import { pushObserver } from "./push-observer";
import { ShapeLog } from "./shape-log";
import { shapeOf } from "./shape-name";
import { arrivalsIn } from "./shape-traffic";
import type { SyncEvent } from "./sync-event";
import { timelinesOf } from "./timelines";
import { emptyView, type InspectorView } from "./view";
import { hasRows, thisTab } from "./witness";

/** How many events the inspector remembers: enough for some dozens of writes. */
const remembered = 600;

/** How often the inspector looks for what nobody reports, such as the tabs of the browser, in milliseconds. */
const lookEvery = 1_000;

/** How long after an event the inspector draws what is new, in milliseconds. */
const drawAfter = 100;

/** The sync of one user in this tab. */
export interface InspectedSync {
  readonly userId: string;
  readonly monitor: SyncMonitor;
  readonly outbox: Outbox;
  readonly collections: Readonly<Record<string, { readonly size: number }>>;
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
  readonly #shapes = new ShapeLog();
  readonly #line = new LineLog();
  readonly #queued = new Set<string>();
  readonly #tabChannel: BroadcastChannel;
  readonly #lineChannel: BroadcastChannel;
  #seenTabs: Tabs = emptyView.tabs;
  #view: InspectorView = emptyView;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(sync: InspectedSync) {
    this.#sync = sync;
    this.#tabs = new OtherTabs(sync.userId, this.#ended.signal);
    this.#tabChannel = new BroadcastChannel(inspectorChannel(sync.userId));
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
    wants.addEventListener("message", ({ data }: MessageEvent<string>) => {
      this.#shapes.wait(data);
      this.#changed();
    });
    this.#tabChannel.addEventListener("message", ({ data }: MessageEvent<InspectorMessage>) => {
      if (data.kind === "seen" && data.tab !== thisTab) this.#note(data);
    });
    const unsubscribe = [
      outbox.state.subscribe(() => this.#takeQueue(outbox.state.read().waiting)),
      monitor.subscribe(() => this.#changed()),
    ];
    const timer = setInterval(() => void this.#look(), lookEvery);
    signal.addEventListener("abort", () => {
      for (const stop of unsubscribe) stop();
      clearInterval(timer);
      for (const channel of [wants, this.#tabChannel, this.#lineChannel]) channel.close();
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
    const message = this.#shapes.lostHandle(name);
    if (message) this.#lineChannel.postMessage(message);
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
      ended: (failed) => {
        if (failed) this.#shapes.fail(name);
        this.#changed();
      },
    };
  }

  #observeLine(polls: readonly string[]): Observer {
    for (const poll of polls) this.#shapes.wait(poll);
    return this.#line.observe(
      polls,
      (name, answer) => this.#take(name, "line", answer),
      () => this.#changed(),
    );
  }

  /** Hears what the leading tab hands out, in the tabs that do not lead. The tab that leads has heard the answer before. */
  #hear(message: LineMessage): void {
    if (message.kind !== "answer" || this.#seenTabs.leader === "this") return;
    this.#take(shapeOf(message.place), "line", message.answer);
  }

  #take(name: string, way: "request" | "line", answer: Answer): void {
    const at = moment();
    this.#shapes.hear(name, way, answer);
    const { served: servedAt } = parseMoments(answer.headers[momentsHeader] ?? "");
    for (const { txid, lsn } of arrivalsIn(answer.body)) {
      if (this.#hasArrived(name, txid)) continue;
      this.#note({ kind: "arrived", at, shape: name, txid, lsn, servedAt });
      void this.#confirm(name, txid);
    }
    this.#changed();
  }

  #hasArrived(name: string, txid: number): boolean {
    return this.#events.some(
      (event) => event.kind === "arrived" && event.txid === txid && event.shape === name,
    );
  }

  async #confirm(name: string, txid: number): Promise<void> {
    const at = await hasRows(this.#sync.userId, name, txid);
    if (at !== undefined) this.#note({ kind: "confirmed", at, txid });
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
    if (this.#ended.signal.aborted) return;
    const look: InspectorMessage = { kind: "look" };
    this.#tabChannel.postMessage(look);
    this.#changed();
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
        ...this.#shapes.of(name),
        name,
        state: reports.get(name)?.state,
        message: reports.get(name)?.message,
        rows: size,
      })),
      line: this.#line.traffic,
      tabs: this.#seenTabs,
      faults: this.network.faults,
    };
    for (const listener of this.#listeners) listener();
  }
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
