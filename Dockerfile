# docker build -t dcsync . && docker run --rm -v "$PWD:/repo:ro" --env-file dt.env dcsync plan
# The base is pinned by digest; --build-arg PYTHON_DIGEST=sha256:… takes another. What dcsync needs is installed by hash
# (action/requirements.lock), and nothing is built.
ARG PYTHON_TAG=3.13-slim-trixie
ARG PYTHON_DIGEST=sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

FROM python:${PYTHON_TAG}@${PYTHON_DIGEST} AS installed
COPY action /opt/dcsync-source/action
RUN mkdir /opt/dcsync-source/dcsync \
 && /opt/dcsync-source/action/install.sh /opt/dcsync \
 && /opt/dcsync/bin/python -I -m pip uninstall --quiet --yes pip
COPY schemas /opt/dcsync-source/schemas
COPY examples /opt/dcsync-source/examples
COPY dcsync /opt/dcsync-source/dcsync
RUN /opt/dcsync/bin/python -I -m compileall -q /opt/dcsync-source/dcsync   # nobody can write there later

FROM python:${PYTHON_TAG}@${PYTHON_DIGEST}
LABEL org.opencontainers.image.title="dcsync" \
      org.opencontainers.image.description="Infrastructure as code for Disruptive Technologies Data Connectors" \
      org.opencontainers.image.licenses="MIT"
# Debian keeps no old versions: a pinned one cannot be installed next month
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home dcsync \
 && git config --system --add safe.directory /repo
COPY --from=installed /opt/dcsync /opt/dcsync
COPY --from=installed /opt/dcsync-source /opt/dcsync-source
ENV PATH="/opt/dcsync/bin:$PATH"
USER 10001:10001
WORKDIR /repo
ENTRYPOINT ["dcsync"]
