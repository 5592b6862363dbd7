import { comesLater } from "../ui/comes-later";
import { ProfileSkeleton } from "./profile-skeleton";

/** The profile, whose code brings the code of the sync along and comes after the page. */
export const LiveProfileLater = comesLater(
  async () => (await import("./live-profile")).LiveProfile,
  <ProfileSkeleton />,
);
