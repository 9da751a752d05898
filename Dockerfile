# The platform with Airflow and Celery: one image, the entry point chooses the part (see docker-compose.yml).
FROM python:3.12-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /opt/taizhang
COPY pyproject.toml uv.lock README.md ./
# The environment first, so that a change of our code does not build it again.
RUN pip install --no-cache-dir "uv==$(awk '/^name = "uv"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' uv.lock)" \
    && uv sync --frozen --no-dev --extra celery --no-install-project
COPY . .
RUN uv sync --frozen --no-dev --extra celery

FROM python:3.12-slim-bookworm
RUN useradd --uid 1000 --create-home taizhang \
    && install --directory --owner=taizhang /data/home /data/inbox /data/outbox /data/published /data/pages
COPY --from=build /opt/taizhang /opt/taizhang
ENV PATH=/opt/taizhang/.venv/bin:$PATH \
    TAIZHANG_HOME=/data/home TAIZHANG_INBOX=/data/inbox TAIZHANG_OUTBOX=/data/outbox \
    TAIZHANG_PUBLISHED=/data/published TAIZHANG_PAGES=/data/pages \
    AIRFLOW_HOME=/data/home/airflow PYTHONUNBUFFERED=1
USER taizhang
WORKDIR /data
VOLUME ["/data/home", "/data/inbox", "/data/outbox", "/data/published", "/data/pages"]
CMD ["taizhang", "--help"]
