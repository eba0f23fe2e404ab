# syntax=docker/dockerfile:1
# docker build -t lesion-detector .                          CPU
# docker build -t lesion-detector:cuda --target cuda .       NVIDIA, run with --gpus all
#   add --build-context wheels=FOLDER to take CUDA's wheels from a folder instead of PyPI (docs/operations.md)
# scripts/check-container-steps.sh walks the same steps without Docker.
#
# Exact tags: the digests could not be looked up where this was written. To pin by digest:
#   --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# .npmrc: no package runs a script of its own while it is installed.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build && npm prune --omit=dev --no-audit --no-fund && node scripts/prune-modules.mjs

# Empty, unless --build-context wheels=FOLDER names a folder.
FROM scratch AS wheels

FROM build AS build-cuda
# pip downloads the wheels, each checked against its hash; only their libraries are kept.
RUN --mount=type=bind,from=wheels,target=/wheels \
  if [ -n "$(ls /wheels)" ]; then node dist/src/cli/cudaInstall/main.js --from /wheels; else \
    apt-get update -q && apt-get install -qy --no-install-recommends python3-pip \
    && node dist/src/cli/cudaInstall/main.js; fi

# What both images share: the service, as an unprivileged user.
FROM ${NODE_IMAGE} AS base
RUN groupadd --system --gid 10001 detector && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home detector \
  && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=build /app/package.json /app/LICENSE /app/
COPY --from=build /app/models /app/models
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
USER 10001:10001
# The only folder that is written to, besides /tmp: the root file system may be read-only.
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]

FROM base AS cuda
COPY --from=build-cuda /app/node_modules /app/node_modules
COPY --from=build-cuda /app/dist /app/dist
# Without its GPU the service would run on the CPU at a fraction of the rate, so it must not start.
ENV REQUIRE_PROVIDER=cuda EXECUTION_PROVIDERS=cuda
# What the NVIDIA container runtime makes available in the container.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

# Last, so that `docker build .` builds it.
FROM base AS cpu
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
ENV EXECUTION_PROVIDERS=cpu
