# One binary, page and demonstration certification included, in a small image that runs without root.
#   docker build -t learnr .
#   docker run -p 8000:8000 -v learnr:/data learnr

# The page; the server embeds what this stage builds.
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/npm npm ci --cache /npm --no-audit --no-fund
COPY protocol/ts ../protocol/ts
COPY web ./
RUN npm run build

# The server. Its dependencies stay compiled in the cache mounts from one build to the next.
FROM rust:1.95-bookworm AS server
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin learnr && cp target/release/learnr /usr/local/bin/learnr

FROM debian:bookworm-slim
# A new volume takes the owner of the folder that it covers.
RUN useradd --system --uid 10001 learnr && install -d -o learnr -g learnr /data
COPY --from=server /usr/local/bin/learnr /usr/local/bin/learnr
# The server keeps its files in ./data, which here is the volume.
WORKDIR /
# A container's port is published or it is not: inside, every address listens.
ENV LEARNR_HOST=0.0.0.0
USER learnr
EXPOSE 8000
VOLUME /data
# Asks /healthz of the server in this container: the image needs no other program for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["learnr", "health"]
ENTRYPOINT ["learnr"]
CMD ["serve"]
