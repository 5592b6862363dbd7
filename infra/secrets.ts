/**
 * The secret with which better-auth signs its cookies. The application does not start with fewer than 32 characters.
 */
export const authSecret = new sst.Secret("AuthSecret");

/** The passwords of the database's roles for the app and for Electric. The migrations give the roles these passwords. */
export const appDatabasePassword = new sst.Secret("AppDatabasePassword");
export const electricDatabasePassword = new sst.Secret("ElectricDatabasePassword");

/**
 * The credentials of Electric Cloud's source. Their default is empty, because a source can only be made once the stage
 * has a database. Until they are set, the application runs without any rows.
 */
export const electricSourceId = new sst.Secret("ElectricSourceId", "");
export const electricSourceSecret = new sst.Secret("ElectricSourceSecret", "");
