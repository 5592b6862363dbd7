# The app as one image: the Node build, a small program that starts it, and the migrations. `docs/self-hosting.md` says
# what the program reads. The packages are needed for the build alone, so the image holds none.

# What is built runs on every processor, so the build runs on the builder's own one, also for an image for arm. The stage
# below runs no command.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /src
# These files change seldom, so Docker can keep the layer with the packages.
COPY package.json package-lock.json .npmrc ./
COPY packages/core/package.json packages/core/
COPY packages/e2e/package.json packages/e2e/
COPY packages/generator/package.json packages/generator/
COPY packages/local/package.json packages/local/
COPY packages/shape-server/package.json packages/shape-server/
COPY packages/web/package.json packages/web/
# No package's script runs: the build needs none, and the base image has Node already.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm run build:container
# The place of a volume, which takes over the mode of this folder and the owner that it gets below.
RUN mkdir -p empty/pictures && chmod 700 empty/pictures

FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 PICTURES_URL=file:///app/pictures
WORKDIR /app
COPY --from=build /src/packages/web/.output web/
COPY --from=build /src/infra/container/.output container/
COPY --from=build /src/packages/core/migrations container/migrations/
# The pictures that people upload are for the app alone.
COPY --from=build --chown=1000:1000 /src/empty/ ./
# The number of the user `node`: a platform that refuses root cannot read a name. All other files belong to root, and the
# program writes pictures alone, so the file system may be read-only.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "container/main.mjs", "health"]
ENTRYPOINT ["node", "container/main.mjs"]
CMD ["serve"]
