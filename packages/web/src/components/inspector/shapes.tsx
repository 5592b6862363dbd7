import type { ShapeView } from "~/lib/inspector/view";
import { StateBadge } from "../sync/state-badge";
import { Button } from "../ui/button";
import { Fact, Facts } from "./facts";
import { ago, amount, counted } from "./figures";

interface ShapesProps {
  shapes: readonly ShapeView[];
  /** The present moment, in milliseconds since 1970. */
  present: number;
  drop: (name: string) => void;
}

/** Each shape of this tab: its state, its place in the log, and what it cost since the inspector was opened. */
export function Shapes({ shapes, present, drop }: ShapesProps) {
  return (
    <ul className="space-y-4">
      {shapes.map((shape) => (
        <li key={shape.name}>
          <div className="mb-2 flex items-center gap-3">
            <h4 className="font-mono text-sm font-medium">{shape.name}</h4>
            {shape.state ? <StateBadge state={shape.state} /> : null}
            <Button
              size="small"
              variant="outline"
              className="ml-auto"
              disabled={shape.handle === undefined || shape.state !== "live"}
              onClick={() => drop(shape.name)}
            >
              Drop <span className="sr-only">the shape {shape.name}</span>
            </Button>
          </div>
          {shape.message ? <p className="mb-2 text-xs text-danger">{shape.message}</p> : null}
          <Facts>
            <Fact name="Handle">{shape.handle ?? "–"}</Fact>
            <Fact name="Offset">{shape.offset ?? "–"}</Fact>
            <Fact name="Rows">{shape.rows}</Fact>
            <Fact name="Last heard">{shape.heardAt === undefined ? "–" : ago(shape.heardAt, present)}</Fact>
            <Fact name="Cost">
              {counted(shape.requests, "request")}, {counted(shape.answers, "answer")} on the line
            </Fact>
            <Fact name="Bytes">{amount(shape.bytes)}</Fact>
            <Fact name="Errors">{shape.errors}</Fact>
            <Fact name="Loaded anew">{counted(shape.refetches, "time")}</Fact>
          </Facts>
        </li>
      ))}
      <li className="text-xs text-muted-foreground">
        Drop makes the server’s handle unknown, in every tab of this browser: the server says so, and the
        shape is loaded anew.
      </li>
    </ul>
  );
}
