/** What differs from stage to stage. The only file here that reads the environment of whoever deploys. */

/** Production keeps its data when it is removed, has its own Neon project and the bare domain. */
export const isProduction = $app.stage === "production";

/**
 * The host of this stage: `TRACER_DOMAIN` for production and `<stage>.TRACER_DOMAIN` for the others. Without that
 * variable a stage answers at the address that CloudFront gives it.
 */
export const domain = process.env.TRACER_DOMAIN && stageHost(process.env.TRACER_DOMAIN);

/** The organisation that pays for the database; an account that has only one need not say. */
export const neonOrganisation = process.env.NEON_ORG_ID;

/** A Neon project that other stages branch from. Branches carry its data, so it must never be production's. */
export const sharedNeonProject = isProduction ? undefined : process.env.NEON_PROJECT_ID;

function stageHost(apex: string) {
  return isProduction ? apex : `${$app.stage}.${apex}`;
}
