# syntax=docker/dockerfile:1
# One image for every process: what it runs is the command. Node runs the TypeScript as it is, so there
# is no build step, only the dependencies.

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: nothing that is needed here compiles or downloads anything.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production UNDERSTUDY_HOME=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY datasets datasets
COPY evals evals
COPY monitoring monitoring
COPY pipelines pipelines
COPY bots bots
# The only place that is written to; everything else may be mounted read-only.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# The young generation as in the npm scripts: answers are short-lived, and so a third of the memory is enough.
ENTRYPOINT ["node", "--max-semi-space-size=16"]
CMD ["bots/main.ts"]
