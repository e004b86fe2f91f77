# syntax=docker/dockerfile:1
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/assent
COPY . .
RUN /opt/assent/bin/pip install -c constraints.txt ".[compress,fast,postgres]" \
 && /opt/assent/bin/python -m compileall -q /opt/assent/lib

FROM python:${PYTHON_VERSION}-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/assent --create-home \
    --shell /usr/sbin/nologin assent
COPY --from=build /opt/assent /opt/assent
ENV PATH=/opt/assent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ASSENT_DATA_DIR=/var/lib/assent
WORKDIR /var/lib/assent
VOLUME ["/var/lib/assent"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# A prefix that is changed in a file rather than by ASSENT_PREFIX needs a health check of its own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen('http://127.0.0.1:8000' + (os.environ.get('ASSENT_PREFIX') or '/_assent') + '/health', timeout=2)"]
ENTRYPOINT ["assent"]
CMD ["serve", "--host", "0.0.0.0"]
