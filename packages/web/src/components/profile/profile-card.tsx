import type { User } from "@tracer/core/auth/auth.sql";
import { picturePath } from "@tracer/core/auth/picture-address";
import Check from "lucide-react/icons/check";
import Clock from "lucide-react/icons/clock";
import Pencil from "lucide-react/icons/pencil";
import { useEffect, useRef, useState } from "react";
import { loadLater } from "~/lib/load-later";
import type { WaitingStatus } from "~/lib/sync/outbox/outbox-state";
import { Avatar, AvatarFallback, AvatarImage } from "../ui/avatar";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { useIdleLoad } from "../ui/use-idle-load";
import { AddressNotice } from "./address-notice";
import { initials } from "./initials";
import { ProfileFacts } from "./profile-facts";
import type { ProfileForm } from "./profile-form";
import type { ProfileEdit, SaveProfile } from "./use-profile-form";

/** Loads the form, which weighs as much as the rest of the card together and is needed by few visits. */
const loadForm = loadLater(() => import("./profile-form"));

interface Editing {
  initial: ProfileEdit;
  Form: typeof ProfileForm;
}

interface ProfileCardProps {
  user: User;
  save: SaveProfile;
  /** How far the newest edit of the row is. Absent when the server has answered every edit. */
  status: WaitingStatus | undefined;
}

/** Shows the row as a card: the newest values at the top, and the times or the form below. */
export function ProfileCard({ user, save, status }: ProfileCardProps) {
  // The form keeps the values from the start of the edit, so that no change from the server overwrites what is typed.
  const [editing, setEditing] = useState<Editing>();
  const [saved, setSaved] = useState(false);
  const [unavailable, setUnavailable] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const returnFocus = useRef(false);

  useIdleLoad(loadForm);

  useEffect(() => {
    if (editing || !returnFocus.current) return;
    returnFocus.current = false;
    editButton.current?.focus();
  }, [editing]);

  async function edit() {
    setSaved(false);
    try {
      const { ProfileForm: Form } = await loadForm();
      setUnavailable(false);
      setEditing({ initial: { name: user.name, image: user.image }, Form });
    } catch {
      setUnavailable(true);
    }
  }

  function close(withSuccess: boolean) {
    returnFocus.current = true;
    setSaved(withSuccess);
    setEditing(undefined);
  }

  return (
    <Card>
      <div className="flex items-center gap-4 sm:gap-6">
        <Avatar className="size-16 sm:size-20">
          {/* Pictures of other sites are not shown. The key starts a new address over, so that the new picture does not inherit an old failure. */}
          {user.image?.startsWith(picturePath) ? (
            <AvatarImage key={user.image} src={user.image} alt="" />
          ) : null}
          <AvatarFallback aria-hidden="true">{initials(user.name)}</AvatarFallback>
        </Avatar>
        <div className="min-w-0">
          <h1 className="text-2xl wrap-anywhere sm:text-3xl">{user.name}</h1>
          <p className="mt-0.5 text-sm wrap-anywhere text-muted-foreground sm:text-base">{user.email}</p>
          {user.emailVerified ? null : <AddressNotice email={user.email} />}
        </div>
      </div>
      <div className="mt-6 border-t pt-4">
        {editing ? (
          <editing.Form
            userId={user.id}
            initial={editing.initial}
            save={save}
            status={status}
            onSaved={() => close(true)}
            onLeft={() => close(false)}
            onCancel={() => close(false)}
          />
        ) : (
          <ProfileFacts user={user} />
        )}
        <div className="flex flex-wrap items-center gap-4">
          {editing ? null : (
            <Button ref={editButton} variant="outline" className="mt-5" onClick={edit}>
              <Pencil aria-hidden="true" />
              Edit profile
            </Button>
          )}
          {/* The live region outlives the form, so that a screen reader reads out "Saved" when the form closes. */}
          <p aria-live="polite" className="text-sm font-medium not-empty:mt-5">
            {status && !editing ? (
              <span className="inline-flex items-center gap-1.5 text-write">
                <Clock aria-hidden="true" className="size-4" />
                Waiting to be saved
              </span>
            ) : null}
            {unavailable && !editing ? "The form could not be loaded. Try again." : null}
            {saved && !status ? (
              <span className="inline-flex items-center gap-1.5 text-read">
                <Check aria-hidden="true" className="size-4" />
                Saved
              </span>
            ) : null}
          </p>
        </div>
      </div>
    </Card>
  );
}
