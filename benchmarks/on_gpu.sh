#!/usr/bin/env bash
# All that needs a CUDA device, in one run of at most eight minutes; everything that it prints and draws is kept.
#
#   benchmarks/on_gpu.sh FOLDER               on a machine with a GPU
#   benchmarks/on_gpu.sh FOLDER --rehearse    on any machine: the same steps, small and on the CPU
#
# It needs Python with torch, NumPy, pytest and Matplotlib; PYTHON names another interpreter than `python`. What the
# labs and grading need besides may lie as wheels in WHEELS; steps whose libraries are missing say so.
set -uo pipefail

out=${1:?Name a folder for what is found.}
rehearse=${2:-}
cd "$(dirname "$0")/.." || exit 1
mkdir -p "$out"
out=$(cd "$out" && pwd)
python=${PYTHON:-python}
sandbox=bubblewrap
command -v bwrap > /dev/null || sandbox=none
failed=0

if [ -n "${WHEELS:-}" ]; then
    "$python" -m pip install --quiet --no-index --no-deps "$WHEELS"/*.whl > "$out/wheels.txt" 2>&1 || cat "$out/wheels.txt"
fi

# step NAME SECONDS COMMAND…: run it within its time, keep its output, and go on.
step() {
    local name=$1 seconds=$2 begin=$SECONDS status
    shift 2
    echo "== $name: $*"
    timeout "$seconds" "$@" > "$out/$name.txt" 2>&1
    status=$?
    tail -n 40 "$out/$name.txt"
    echo "-- $name: exit $status after $((SECONDS - begin)) s"
    [ "$status" -eq 0 ] || failed=1
}

machine() {
    uname -srm
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv 2> /dev/null || echo "no nvidia-smi"
    "$python" -c "import sys, torch; print('Python', sys.version.split()[0], 'torch', torch.__version__, 'CUDA', torch.version.cuda)"
}

machine | tee "$out/machine.txt"
if [ "$rehearse" = --rehearse ]; then
    step ladder 120 "$python" -m benchmarks.descent --starts 4096 --steps 20 --results "$out/ladder.md"
    step basins 60 "$python" -m gradlab.basins "$out/basins.png" --n 64 --steps 100 --device cpu
    step class 120 "$python" -m benchmarks.gpu_class --cpu --students 3 --sandbox "$sandbox"
    step tests 120 make test-cuda PYTHON="$python"
else
    step ladder 120 "$python" -m benchmarks.descent --results "$out/ladder.md"
    step basins 60 "$python" -m gradlab.basins "$out/basins.png" --n 4096 --device cuda
    step class 100 "$python" -m benchmarks.gpu_class --sandbox "$sandbox"
    step tests 200 make test-cuda PYTHON="$python"
fi
exit $failed
