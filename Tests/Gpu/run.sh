#!/usr/bin/env bash
# On a machine with CUDA: builds the shim against the libtorch that is there, times our steps beside those of PyTorch and NumPyro, and checks the backend on the device. Needs
# python3 with torch (or --torch FOLDER of a libtorch), CMake and a C++ compiler, and Tests/Gpu/out, which pack.sh makes where .NET is installed; downloads nothing.
#
#   Tests/Gpu/run.sh [--device cuda|cuda:N|cpu] [--quick] [--no-bench] [--python PYTHON] [--torch FOLDER] [--build FOLDER]
#
# It prints a table for spec/performance.md, a line for each check, and at last "N passed, N failed".
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
native="$here/../../Backends/ProbNet.Backends.Torch/Native"
device=cuda quick= bench=yes python="${PROBNET_PYTHON:-python3}" torch= build="$here/out/shim"
while [ $# -gt 0 ]; do
    case "$1" in
        --device | --python | --torch | --build) [ $# -gt 1 ] || { echo "$1 needs a value" >&2; exit 2; } ;;
    esac
    case "$1" in
        --device) device="$2"; shift 2 ;;
        --quick) quick=--quick; shift ;;
        --no-bench) bench=; shift ;;
        --python) python="$2"; shift 2 ;;
        --torch) torch="$2"; shift 2 ;;
        --build) build="$2"; shift 2 ;;
        *) echo "usage: run.sh [--device cuda|cuda:N|cpu] [--quick] [--no-bench] [--python PYTHON] [--torch FOLDER] [--build FOLDER]" >&2; exit 2 ;;
    esac
done
program="$here/out/ProbNet.Gpu"
if [ ! -f "$program" ]; then
    echo "There is no $program: run Tests/Gpu/pack.sh on a machine with .NET and bring Tests/Gpu/out along." >&2
    exit 2
fi
[ -x "$program" ] || { cp "$program" /tmp/ProbNet.Gpu.$$ && chmod +x /tmp/ProbNet.Gpu.$$ && program=/tmp/ProbNet.Gpu.$$ && trap 'rm -f "$program"' EXIT; }
export DOTNET_BUNDLE_EXTRACT_BASE_DIR="${TMPDIR:-/tmp}/probnet-gpu"

prefix="$torch"
[ -z "$torch" ] || [ -d "$torch" ] || { echo "There is no folder $torch." >&2; exit 2; }
if [ -z "$prefix" ]; then
    prefix="$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)' 2>/dev/null)" || { echo "$python has no torch: name another with --python, or a libtorch with --torch." >&2; exit 2; }
fi
mkdir -p "$build" 2>/dev/null && [ -w "$build" ] || build="$(mktemp -d)"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
cmake -S "$native" -B "$build" "${generator[@]}" -DCMAKE_PREFIX_PATH="$prefix" >"$build/configure.log" 2>&1 || { tail -n 40 "$build/configure.log" >&2; exit 1; }
grep -i -E "libtorch|warning" "$build/configure.log" || true
cmake --build "$build" --parallel >"$build/build.log" 2>&1 || { grep -E "error|Error" -A 5 "$build/build.log" | head -n 60 >&2; exit 1; }

peers="$build/peers.tsv"
: >"$peers"
if [ -n "$bench" ]; then
    # A process for each: they do not share memory of the device, and one that fails leaves the others.
    timeout 120 "$python" "$here/peers/torch_steps.py" --device "$device" $quick >>"$peers" 2>"$build/torch.log" || { echo "PyTorch's steps stopped: $(tail -n 1 "$build/torch.log")"; }
    if "$python" -c 'import numpyro' 2>/dev/null; then
        XLA_PYTHON_CLIENT_PREALLOCATE=false timeout 90 "$python" "$here/peers/numpyro_steps.py" --device "$device" $quick >>"$peers" 2>"$build/numpyro.log" || { echo "NumPyro's steps stopped: $(tail -n 1 "$build/numpyro.log")"; }
    else
        echo "NumPyro is not installed: its columns stay empty."
    fi
fi
verb=all
[ -n "$bench" ] || verb=check
# libnvrtc comes with PyTorch or with the toolkit.
timeout 270 "$program" "$verb" --shim "$build/libprobnet_torch.so" --device "$device" --peers "$peers" $quick
