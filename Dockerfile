# docker build -t dcsync . && docker run --rm -v "$PWD:/repo" --env-file dt.env dcsync plan
FROM python:3.12-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN pip install --no-cache-dir /src && rm -rf /src
RUN useradd --uid 10001 --create-home dcsync && git config --system --add safe.directory /repo
USER dcsync
WORKDIR /repo
ENTRYPOINT ["dcsync"]
