import { type Part, type PartState, type Report, terminalReport } from "../report.ts";
import { newestLines, Outputs } from "./outputs.ts";
import type { SchemaState } from "./schema-state.ts";
import { logScreenOf, screenOf } from "./screen.ts";

/** What the screen stands for, and what its keys do. */
export interface Screen {
  readonly title: string;
  readonly url: string;
  /** The files of those parts that write their log themselves. */
  readonly logFiles: Partial<Record<Part, string>>;
  /** What a key does, by the key. An action that takes time resolves at its end, or rejects with what went wrong. */
  readonly actions: Readonly<Record<string, Action>>;
}

/** What a key does. */
export interface Action {
  /** Stands on the screen meanwhile. */
  readonly name: string;
  run(): Promise<void>;
}

/** The parts in the order of the screen. */
const order: readonly Part[] = ["Web app", "Shape server", "Postgres", "Outbox"];
/** Ctrl-C, which is a key like any other in a terminal that passes on every key. */
const interrupt = "\x03";

/**
 * One calm screen in a terminal: what runs where and how, and what a key does. Shows a start as `terminalReport` does,
 * until `open` is called.
 */
export class DevScreen implements Report {
  readonly #start = terminalReport();
  readonly #outputs = new Outputs();
  readonly #parts = new Map<Part, { state: PartState; address?: string }>();
  readonly #news: string[] = [];
  #screen: Screen | undefined;
  #schema: SchemaState | undefined;
  #busy: string | undefined;
  #help = false;
  #log: Part | undefined;
  /** True while another program has the terminal. */
  #lent = false;
  #drawing = false;

  step<T>(name: string, act: () => Promise<T>, what?: (result: T) => string): Promise<T> {
    return this.#start.step(name, act, what);
  }

  note(text: string): void {
    if (this.#screen) this.#tell(text.split("\n").filter((line) => line.trim() !== ""));
    else this.#start.note(text);
  }

  part(part: Part, state: PartState, address?: string): void {
    const before = this.#parts.get(part);
    this.#parts.set(part, { ...before, state, ...(address === undefined ? {} : { address }) });
    this.#draw();
  }

  output(part: Part, text: string): void {
    this.#tell(this.#outputs.add(part, text).map((line) => `${part}: ${line}`));
  }

  schema(state: SchemaState): void {
    this.#schema = state;
    this.#draw();
  }

  /** Takes the terminal, and listens to its keys until `close`. */
  open(screen: Screen): void {
    this.#screen = screen;
    process.stderr.write("\x1B[2J\x1B[?25l");
    process.stderr.on("resize", this.#draw);
    this.#listen();
    this.#draw();
  }

  /** Gives the terminal back. The last picture stays. */
  close(): void {
    if (!this.#screen) return;
    this.#paint();
    this.#screen = undefined;
    process.stderr.off("resize", this.#draw);
    this.#stopListening();
    process.stderr.write("\x1B[?25h\n");
  }

  /** Lends the terminal to another program. */
  async lend<T>(run: () => Promise<T>): Promise<T> {
    this.#lent = true;
    this.#stopListening();
    process.stderr.write("\x1B[2J\x1B[H\x1B[?25h");
    try {
      return await run();
    } finally {
      this.#lent = false;
      if (this.#screen) {
        process.stderr.write("\x1B[2J\x1B[?25l");
        this.#listen();
        this.#draw();
      }
    }
  }

  #listen(): void {
    process.stdin.setRawMode(true);
    process.stdin.setEncoding("utf8").on("data", this.#onKeys).resume();
  }

  #stopListening(): void {
    process.stdin.off("data", this.#onKeys).pause();
    process.stdin.setRawMode(false);
  }

  readonly #onKeys = (keys: string | Buffer): void => {
    for (const key of String(keys)) {
      if (key === "q" || key === interrupt) process.kill(process.pid, "SIGINT");
      else if (key === "l") this.#nextLog();
      else if (key === "h") this.#toggleHelp();
      else void this.#act(key);
    }
  };

  #nextLog(): void {
    this.#log = order[this.#log ? order.indexOf(this.#log) + 1 : 0];
    this.#draw();
  }

  #toggleHelp(): void {
    if (this.#log) this.#log = undefined;
    else this.#help = !this.#help;
    this.#draw();
  }

  async #act(key: string): Promise<void> {
    const action = this.#screen?.actions[key];
    if (!action || this.#busy) return;
    this.#log = undefined;
    this.#busy = action.name;
    this.#draw();
    try {
      await action.run();
    } catch (error) {
      this.note(error instanceof Error ? error.message : String(error));
    } finally {
      this.#busy = undefined;
      this.#draw();
    }
  }

  #tell(lines: readonly string[]): void {
    this.#news.push(...lines);
    this.#news.splice(0, this.#news.length - 50);
    this.#draw();
  }

  /** Draws once for everything that happens at the same time. */
  readonly #draw = (): void => {
    if (!this.#screen || this.#drawing) return;
    this.#drawing = true;
    setImmediate(() => {
      this.#drawing = false;
      this.#paint();
    });
  };

  #paint(): void {
    if (!this.#screen || this.#lent) return;
    const size = { rows: process.stderr.rows || 24, columns: process.stderr.columns || 100 };
    const { title, url, logFiles } = this.#screen;
    const parts = new Map(order.flatMap((part) => this.#entryOf(part)));
    const lines = this.#log
      ? logScreenOf(this.#log, newestLines(logFiles[this.#log]) ?? this.#outputs.linesOf(this.#log), size)
      : screenOf(
          {
            ...{ title, url, parts },
            ...{ schema: this.#schema, busy: this.#busy, news: this.#news, help: this.#help },
          },
          size,
        );
    // Each line is written over the old one, so that the picture does not flicker.
    process.stderr.write(`\x1B[H${lines.map((line) => `${line}\x1B[K`).join("\n")}\x1B[J`);
  }

  #entryOf(part: Part): [Part, { state: PartState; address?: string }][] {
    const known = this.#parts.get(part);
    return known ? [[part, known]] : [];
  }
}
