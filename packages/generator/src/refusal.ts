/** The generator does not do what it was asked to do. The message tells the person why. Nothing has been changed. */
export class Refusal extends Error {}
