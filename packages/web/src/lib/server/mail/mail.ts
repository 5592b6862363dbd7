/** What a mail says. */
export interface Message {
  readonly subject: string;
  readonly text: string;
  /** The same as the text, for programs that show HTML. */
  readonly html?: string;
}

/** A mail to one person. */
export interface Letter extends Message {
  /** The e-mail address of the person. */
  readonly to: string;
}

/** Sends mail. */
export interface Mail {
  /**
   * Hands a letter to the mail server.
   *
   * @throws when the mail server cannot be reached or refuses the letter
   */
  send(letter: Letter): Promise<void>;
}
