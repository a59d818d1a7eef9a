#!/bin/sh
# Makes .venv hold the locked packages: `tools/environment.sh run` or `tools/environment.sh dev`.
# When it already does, this costs a few hundredths of a second and asks no package index.
set -eu
cd "$(dirname "$0")/.."

if [ -x .venv/bin/python ] && .venv/bin/python -I -S tools/environment.py check "$1" 2>/dev/null; then
    exit 0
fi

recent='import sys; sys.exit(sys.version_info < (3, 11))'
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    if [ -n "$candidate" ] && "$candidate" -c "$recent" >/dev/null 2>&1; then
        exec "$candidate" tools/environment.py install "$1"
    fi
done
echo "mathsoc needs Python 3.11 or newer, and none was found. Install one, or name it: make run PYTHON=/path/to/python3" >&2
exit 1
