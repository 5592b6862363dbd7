import { type ComponentType, memo, type ReactNode, Suspense, use, useEffect } from "react";
import { type EarlyClick, useEarlyClick } from "./early-click";

/** A component whose code comes after the page, and a function that loads the code before. */
export type LaterComponent<Props extends object> = ComponentType<Props> & { preload: () => Promise<void> };

/**
 * Makes a component whose code comes after the page.
 *
 * Where the server has rendered the component, the page keeps what the server wrote until the code has come, and React
 * then goes on from there: with the button too that the person has pressed meanwhile. When the code cannot be loaded, what
 * the server wrote stays. In a page that opens in the browser, call `preload` in the loader of the route: the component then
 * shows at once.
 *
 * @param load imports the component
 * @param fallback shows while the code is on its way, when the server has written nothing
 */
export function comesLater<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: ReactNode,
): LaterComponent<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  function preload(): Promise<void> {
    loading ??= load().then((component) => {
      Loaded = component;
    });
    return loading;
  }

  /** The same promise each time, because React compares promises. Never rejects, so that what is there stays. */
  function wait(): Promise<void> {
    waiting ??= preload().catch(never);
    return waiting;
  }

  // React takes a hook behind this `use` for one of an update when the code comes between two attempts at a first render.
  function Part({ props, early }: { props: Props; early: EarlyClick }) {
    if (!Loaded) use(wait());
    if (!Loaded) return null;
    return (
      <>
        <Loaded {...props} />
        <Replay early={early} />
      </>
    );
  }

  // React gives up what the server wrote when the element changes before the code has come.
  const Later = memo(function Later(props: Props) {
    const early = useEarlyClick();
    return (
      <div ref={early.watch} className="contents">
        <Suspense fallback={fallback}>
          <Part props={props} early={early} />
        </Suspense>
      </div>
    );
  });
  return Object.assign(Later as unknown as ComponentType<Props>, { preload });
}

/** Stands behind a part of the page, and presses what was pressed before the part worked. */
function Replay({ early }: { early: EarlyClick }) {
  useEffect(early.replay, []);
  return null;
}

const never = () => new Promise<void>(() => {});
