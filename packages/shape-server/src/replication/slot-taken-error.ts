/** Another server reads the replication slot. */
export class SlotTakenError extends Error {}
