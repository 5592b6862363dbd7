/** Why the generator does not do what it was asked for, in words for the person. Nothing has been changed. */
export class Refusal extends Error {}
