import type { User } from "@tracer/core/auth/auth.sql";
import Check from "lucide-react/icons/check";
import Clock from "lucide-react/icons/clock";
import Pencil from "lucide-react/icons/pencil";
import { useEffect, useRef, useState } from "react";
import type { WaitingStatus } from "~/lib/sync/outbox/outbox-state";
import { Avatar, AvatarFallback, AvatarImage } from "../ui/avatar";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { initials } from "./initials";
import { ProfileFacts } from "./profile-facts";
import { type ProfileEdit, ProfileForm, type SaveProfile } from "./profile-form";

type ProfileCardProps = {
  user: User;
  save: SaveProfile;
  /** How far the newest edit of the row is. Absent when the server has said what became of all of them. */
  status: WaitingStatus | undefined;
};

/** The row as a card: always the newest values above, and below them the facts or the form. */
export function ProfileCard({ user, save, status }: ProfileCardProps) {
  // The values at the start of the edit: a change that arrives meanwhile must not overwrite what is being typed.
  const [editing, setEditing] = useState<ProfileEdit>();
  const [saved, setSaved] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const returnFocus = useRef(false);

  useEffect(() => {
    if (editing || !returnFocus.current) return;
    returnFocus.current = false;
    editButton.current?.focus();
  }, [editing]);

  function edit() {
    setSaved(false);
    setEditing({ name: user.name, image: user.image });
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
          {/* A new address starts over, so that a broken picture does not stand for the next one. */}
          {user.image ? <AvatarImage key={user.image} src={user.image} alt="" /> : null}
          <AvatarFallback aria-hidden="true">{initials(user.name)}</AvatarFallback>
        </Avatar>
        <div className="min-w-0">
          <h1 className="text-2xl wrap-anywhere sm:text-3xl">{user.name}</h1>
          <p className="mt-0.5 text-sm wrap-anywhere text-muted-foreground sm:text-base">{user.email}</p>
        </div>
      </div>
      <div className="mt-6 border-t pt-4">
        {editing ? (
          <ProfileForm
            initial={editing}
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
          {/* Outlives the form, so that what appears in it when the form closes is read out. */}
          <p aria-live="polite" className="text-sm font-medium not-empty:mt-5">
            {status && !editing ? (
              <span className="inline-flex items-center gap-1.5 text-write">
                <Clock aria-hidden="true" className="size-4" />
                Waiting to be saved
              </span>
            ) : null}
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
