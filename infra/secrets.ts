/** What better-auth signs its cookies with: 32 characters or more, else the application does not start. */
export const authSecret = new sst.Secret("AuthSecret");

/**
 * The credentials of Electric Cloud's source. They are empty until they are set, because a stage must have a database
 * before there can be a source that reads it; until then the application runs and its rows stay away.
 */
export const electricSourceId = new sst.Secret("ElectricSourceId", "");
export const electricSourceSecret = new sst.Secret("ElectricSourceSecret", "");
