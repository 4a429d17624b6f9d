#!/bin/sh
# Builds the wheel, installs it where no source is near, and runs the core of the suite against it: every adapter posts
# once, is killed and settles, and the main job. Since what is installed is the source, byte for byte, no more can differ.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$root" && realpath -s "$PYTHON")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# From a copy: setuptools would leave its build folder, and what a former build left in it would be packed too.
mkdir "$work/source"
(cd "$root" && cp -r pyproject.toml README.md LICENSE syndicate adapters "$work/source")
"$python" -m build --no-isolation --wheel --outdir "$work/dist" "$work/source" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$python" -m pip --version >/dev/null 2>&1 || pip="${HOST_PYTHON:-python3} -m pip"
${pip:-"$python" -m pip} --quiet --disable-pip-version-check install --no-deps --no-compile \
    --target "$work/installed" "$work"/dist/*.whl
diff -r --exclude=__pycache__ --exclude=adapters "$work/source/syndicate" "$work/installed/syndicate"
diff -r --exclude=__pycache__ "$work/source/adapters" "$work/installed/syndicate/adapters"
mkdir -p "$work/project/tests" && cp -r "$root"/tests/. "$work/project/tests"
cp "$root/pyproject.toml" "$root/config.example.toml" "$work/project"
cd "$work/project"
PYTHONPATH="$work/installed" SYNDICATE_SHARED="${SYNDICATE_SHARED:-$root/../shared}" "$python" - <<'END'
import syndicate, syndicate.adapters
from syndicate.registry import ADAPTERS, STANDINS, names
assert "installed" in syndicate.__file__, syndicate.__file__
assert "installed" in syndicate.adapters.__file__, syndicate.adapters.__file__
assert names(ADAPTERS) and names(ADAPTERS).keys() == names(STANDINS).keys()
print("wheel:", syndicate.__version__, "with", ", ".join(names(ADAPTERS)))
END
PYTHONPATH="$work/installed" SYNDICATE_SHARED="${SYNDICATE_SHARED:-$root/../shared}" \
    "$python" -m pytest -q -n auto -p no:cacheprovider tests/test_contract.py tests/test_main_job.py \
    -k "test_main_job or published_once or killed"
PYTHONPATH="$work/installed" "$python" -m syndicate demo >/dev/null
