import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

interface DialogProps {
  title: string;
  /** Called when the person asks to close the dialog with Escape. Without it, only the dialog's own buttons close it. */
  onEscape?: () => void;
  children: ReactNode;
}

/** A dialog over the page, which cannot be used meanwhile. The dialog is open for as long as it is rendered. */
export function Dialog({ title, onEscape, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before effects run: those of the content may move the focus.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      // Chromium closes a dialog on the second Escape, whatever is said to the `cancel` event.
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onEscape?.();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onEscape?.();
      }}
      className="m-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-md overflow-y-auto rounded-2xl border bg-card p-5 text-foreground shadow-xl backdrop:bg-black/50 sm:p-8"
    >
      <h2 id={id} className="text-xl sm:text-2xl">
        {title}
      </h2>
      {children}
    </dialog>
  );
}
