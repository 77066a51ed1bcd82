# The bot in a container: built from locked requirements, run as a user without rights on a read-only file system.
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements.txt requirements-build.txt ./
RUN python3 -m venv /app && /app/bin/python -m pip install --require-hashes -r requirements.txt \
    && python3 -m venv /build && /build/bin/python -m pip install --require-hashes -r requirements-build.txt
COPY . .
RUN /build/bin/python -m hatchling build -t wheel -d /dist && /app/bin/python -m pip install --no-deps --no-index /dist/*.whl

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /data --create-home bot
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORT=3000 DATABASE_URL=sqlite:////data/unionstate.sqlite3
USER 10001
VOLUME /data
EXPOSE 3000
# In Socket Mode, too, the probes are on PORT.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=3)"]
ENTRYPOINT ["unionstate"]
CMD ["serve"]
