// Postgres' error codes: https://www.postgresql.org/docs/current/errcodes-appendix.html

/** The error codes that the server acts on, by their names in the manual. */
export const sqlState = {
  configurationLimitExceeded: "53400",
  deadlockDetected: "40P01",
  insufficientPrivilege: "42501",
  invalidAuthorizationSpecification: "28000",
  invalidCatalogName: "3D000",
  invalidPassword: "28P01",
  invalidTextRepresentation: "22P02",
  lockNotAvailable: "55P03",
  objectInUse: "55006",
  objectNotInPrerequisiteState: "55000",
  undefinedColumn: "42703",
  undefinedFunction: "42883",
  undefinedObject: "42704",
  undefinedTable: "42P01",
} as const;

/** The classes of error codes that the server acts on: the first two characters of a code. */
export const sqlStateClass = {
  connectionException: "08",
  dataException: "22",
  featureNotSupported: "0A",
  insufficientResources: "53",
  operatorIntervention: "57",
  programLimitExceeded: "54",
  syntaxErrorOrAccessRuleViolation: "42",
} as const;

/** True for a code of Postgres; false for a system's code of five letters, such as `EPIPE`. */
export const isSqlState = (code: string): boolean => /^(?=.*\d)[0-9A-Z]{5}$/.test(code);

/** The class that `code` belongs to. */
export const classOf = (code: string): string => code.slice(0, 2);
