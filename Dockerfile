# docker build -t dcsync . && docker run --rm -v "$PWD:/repo" --env-file dt.env dcsync plan
# What dcsync needs is installed by hash (action/requirements.lock), and nothing is built.
FROM python:3.12-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*
COPY action /opt/dcsync-source/action
RUN mkdir /opt/dcsync-source/dcsync && /opt/dcsync-source/action/install.sh /opt/dcsync
COPY schemas /opt/dcsync-source/schemas
COPY examples /opt/dcsync-source/examples
COPY dcsync /opt/dcsync-source/dcsync
ENV PATH="/opt/dcsync/bin:$PATH"
RUN useradd --uid 10001 --create-home dcsync && git config --system --add safe.directory /repo
USER dcsync
WORKDIR /repo
ENTRYPOINT ["dcsync"]
