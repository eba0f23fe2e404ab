# syntax=docker/dockerfile:1
# docker build -t lesion-detector .                          CPU
# docker build -t lesion-detector:cuda --target cuda .       NVIDIA, run with --gpus all
# scripts/check-container-steps.sh walks the same steps without Docker.
ARG NODE_VERSION=24
ARG CUDA_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
# .npmrc keeps onnxruntime-node from downloading CUDA during the install.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build && npm prune --omit=dev --no-audit --no-fund

FROM build AS build-cuda
# Three provider libraries from NuGet, beside the binding; the variable overrules .npmrc.
RUN ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install

FROM ${CUDA_IMAGE} AS cuda
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build-cuda /app /app
RUN groupadd --system --gid 10001 detector && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home detector \
  && install -d -o 10001 -g 10001 -m 700 /data
# Without its GPU the service would answer from the CPU at a fraction of the rate: it must not start then.
ENV REQUIRE_PROVIDER=cuda EXECUTION_PROVIDERS=cuda
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]

# Last, so that it is what `docker build .` makes.
FROM node:${NODE_VERSION}-bookworm-slim AS cpu
COPY --from=build /app /app
RUN groupadd --system --gid 10001 detector && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home detector \
  && install -d -o 10001 -g 10001 -m 700 /data
ENV EXECUTION_PROVIDERS=cpu
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
USER 10001:10001
# The only folder that is written to, with /tmp: the root file system may be read-only.
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
