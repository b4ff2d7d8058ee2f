# The app with its model, for any host that runs containers (docs/hosting.md).
#   docker build --tag instruments . && docker run --rm --publish 7860:7860 instruments
FROM python:3.12.13-slim@sha256:229a2c5bfa27522db7815ea81f9bed70af17ccb9de9fc7ad142b1877b5830d36

RUN useradd --create-home --uid 1000 app
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt

COPY app.py README.md LICENSE ./
COPY examples examples
COPY instrument_model instrument_model
COPY interface interface
COPY weights weights

USER app
ENV PYTHONUNBUFFERED=1 GRADIO_SERVER_NAME=0.0.0.0 GRADIO_TEMP_DIR=/tmp/uploads PORT=7860

# Optionally, a model from the Hub instead of the bundled one, pinned by its commit and stored in the image:
#   docker build --build-arg MODEL_REPO=OWNER/NAME --build-arg MODEL_REVISION=COMMIT .
ARG MODEL_REPO=""
ARG MODEL_REVISION=""
ENV MODEL_REPO=${MODEL_REPO} MODEL_REVISION=${MODEL_REVISION}
RUN test -z "$MODEL_REPO" || python -c \
    "import os; from instrument_model.hub.download import download; download(os.environ['MODEL_REPO'], os.environ['MODEL_REVISION'] or None)"

EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/config', timeout=4)"]
CMD ["python", "app.py"]
