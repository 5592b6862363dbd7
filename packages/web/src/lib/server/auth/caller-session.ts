/** The signed-in user who makes a request. */
export interface Caller {
  id: string;
}

/** A caller with the token of the session. The token must stay on the server: it is as good as the cookie. */
export interface CallerSession extends Caller {
  token: string;
}
