#!/bin/sh
# Remake both lock files from pyproject.toml. No address may get into them.
set -eu
cd "$(dirname "$0")/../.."
uv=${UV:-.venv/bin/uv}
common="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet"
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml $common -o requirements.lock "$@"
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml --group dev -c requirements.lock $common -o requirements-dev.lock "$@"
