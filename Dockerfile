# AI SRE's image: the server in one file, its tools, their libraries, and nothing else: no shell, no package manager, no setuid.
# `make build` builds it, `make image-test` tests it; a release pins each base below by digest. Every stage runs on the processor of
# the machine that builds, for the processor that the image is for: nothing is emulated. Where the slow stages (server, tools,
# sandbox) were built before, `--build-context STAGE=FOLDER` takes FOLDER/out in their place.
ARG DEBIAN=docker.io/library/debian:13-slim
ARG GO=docker.io/library/golang:1.26-trixie
ARG NODE=docker.io/library/node:24-trixie-slim
ARG RUST=docker.io/library/rust:1.95-slim-trixie

# ── the server: one bundled file, and the Node that the lockfile pins ──
FROM --platform=$BUILDPLATFORM ${NODE} AS server
ARG TARGETARCH
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY policies/build/ policies/build/
COPY image/ image/
COPY scripts/processor.ts scripts/
COPY src/ src/
RUN node_modules/.bin/node image/server-stage.ts /out "$TARGETARCH"

# ── command-line tools: each from a go.mod and go.sum of its own ──
FROM --platform=$BUILDPLATFORM ${GO} AS tools
ARG TARGETARCH
WORKDIR /src
COPY --from=server /out/node /usr/local/bin/node
COPY image/ image/
COPY scripts/ scripts/
COPY tools/ tools/
RUN node image/tools-stage.ts /out "$TARGETARCH"

# ── the sandbox's helper: one static program ──
FROM --platform=$BUILDPLATFORM ${RUST} AS sandbox
ARG TARGETARCH
WORKDIR /src/sandbox
COPY image/sandbox.sh /src/image/
COPY sandbox/ ./
RUN bash /src/image/sandbox.sh /out "$TARGETARCH"

# ── git, curl and the text tools with exactly their libraries; the list of everything ──
FROM --platform=$BUILDPLATFORM ${DEBIAN} AS system
ARG TARGETARCH
# node's libraries; strip and readelf for both processors.
RUN apt-get update && apt-get install --yes --no-install-recommends \
      binutils binutils-aarch64-linux-gnu binutils-x86-64-linux-gnu libstdc++6
COPY --from=server /out/node /usr/local/bin/node
COPY --from=server /out/target/node /src/node
COPY package.json /src/
COPY image/ /src/image/
COPY scripts/processor.ts /src/scripts/
RUN node /src/image/system-stage.ts /out /src/node "$TARGETARCH"
COPY --from=server /out/components.json /src/server.json
COPY --from=tools /out/components.json /src/tools.json
COPY --from=sandbox /out/cargo.json /src/cargo.json
RUN node /src/image/sbom/sbom.ts /out/root/usr/share/ai-sre /src/cargo.json /out/debian.json /src/server.json /src/tools.json

# ── all of it: four layers, the one that changes most on top ──
FROM scratch AS root
COPY --from=system /out/root/ /
COPY --from=tools /out/bin/ /usr/local/bin/
COPY --from=sandbox /out/bin/ /usr/local/bin/
COPY --from=server /out/app/ /app/
ENV PATH=/usr/local/bin:/usr/bin HOME=/home/nonroot NODE_ENV=production \
    MCP_SERVER_HOST=0.0.0.0 AISRE_SANDBOX=require AISRE_TOOL_PATH=/usr/local/bin:/usr/bin
USER 65532:65532
WORKDIR /app

# ── `make shell`: the same with a shell; never the last stage, which is what a plain build makes ──
FROM root AS debug
COPY --from=system /out/busybox /busybox/sh
ENTRYPOINT ["/busybox/sh"]

FROM root AS production
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="AI SRE" \
      org.opencontainers.image.description="The policy-gated hands of an AI operator: MCP tool calls, judged by Rego, run without a shell" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
EXPOSE 8080
# Exec form, since there is no shell. Kubernetes ignores it and probes by HTTP.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["/usr/local/bin/node", "/app/dist/server/healthcheck.mjs"]
# tini takes in what a killed helper leaves behind. Node's flags stand here and not in NODE_OPTIONS, which the health check would
# take too.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/node", "--max-old-space-size=96", "--max-semi-space-size=4", "--disable-proto=throw", "/app/dist/server/ai-sre.mjs"]
CMD ["serve"]
