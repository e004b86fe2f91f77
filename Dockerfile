# syntax=docker/dockerfile:1
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/assent
COPY . .
RUN /opt/assent/bin/pip install -c constraints.txt ".[compress,fast,http2,postgres,ws]" \
 && /opt/assent/bin/python -m compileall -q /opt/assent/lib

FROM python:${PYTHON_VERSION}-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/assent --create-home \
    --shell /usr/sbin/nologin assent
COPY --from=build /opt/assent /opt/assent
ENV PATH=/opt/assent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ASSENT_DATA_DIR=/var/lib/assent \
    ASSENT_SERVER__HOST=0.0.0.0
WORKDIR /var/lib/assent
VOLUME ["/var/lib/assent"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["assent", "health"]
ENTRYPOINT ["assent"]
CMD ["serve"]
