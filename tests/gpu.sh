#!/usr/bin/env bash
# For a machine with an NVIDIA GPU: the CUDA runtime and generated programs on hardware, beside PyTorch and under compute-sanitizer where they are
# installed, as one JSON. Exit code 0 where all is right, 1 where something is not, 2 without a GPU.
#   tests/gpu.sh [FILE]            writes the JSON there, or on standard output
#   tests/gpu.sh publish FOLDER    only makes everything there, to be carried to such a machine: FOLDER/gpu.sh [FILE] needs no .NET then
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

publish() {
  compiler=()
  command -v clang >/dev/null || compiler=(-p:CppCompilerAndLinker=gcc)
  dotnet publish "$here/Hardware/Hardware.csproj" -c Release -r linux-x64 -o "$1" -v q --nologo -nodeReuse:false "${compiler[@]}" >&2
}

if [ "${1:-}" = publish ]; then
  publish "${2:?name a folder}"
  exit
fi
folder=$here
if [ ! -x "$folder/kernelforge-hardware" ]; then
  folder=$here/../artifacts/hardware
  publish "$folder"
fi
program=$folder/kernelforge-hardware
"$program" --find

golden=()
data=${KERNELFORGE_TESTDATA:-$here/../../shared}
[ ! -d "$data/golden" ] || golden=(--golden "$data/golden")
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
text() { LC_ALL=C tr -cd '\040-\176' | tr -d '\\"' | tail -c 600; }  # what JSON needs no escapes for, in whole characters

# Each tool finds other errors; racecheck looks at shared memory.
{
  printf '{'
  comma=
  for tool in memcheck racecheck synccheck; do
    if command -v compute-sanitizer >/dev/null; then
      code=0
      compute-sanitizer --tool "$tool" --error-exitcode 99 --print-limit 20 "$program" --small ${golden[@]+"${golden[@]}"} \
        --output "$parts/small.json" >"$parts/log" 2>&1 || code=$?
      right=false
      [ "$code" != 0 ] || right=true
      printf '%s"%s": {"right": %s, "exit_code": %d, "last": "%s"}' "$comma" "$tool" "$right" "$code" "$(tail -n 3 "$parts/log" | text)"
    else
      printf '%s"%s": {"skipped": "compute-sanitizer is not installed"}' "$comma" "$tool"
    fi
    comma=', '
  done
  printf '}\n'
} >"$parts/sanitizer.json"

peers=$here/Benchmarks/Cuda
[ ! -d "$here/peers" ] || peers=$here/peers
if ! python3 -c 'import torch; torch.zeros(1, device="cuda")' >"$parts/log" 2>&1; then
  printf '{"skipped": "python3 cannot use PyTorch on the GPU: %s"}\n' "$(tail -n 1 "$parts/log" | text)" >"$parts/peers.json"
else
  for script in pytorch pytorch_decode; do
    (cd "$peers" && python3 "$script.py") >"$parts/$script.json" 2>"$parts/log" ||
      printf '{"right": false, "failed": "%s"}\n' "$(tail -n 3 "$parts/log" | text)" >"$parts/$script.json"
  done
  printf '{"encoder": %s, "decoder": %s}\n' "$(cat "$parts/pytorch.json")" "$(cat "$parts/pytorch_decode.json")" >"$parts/peers.json"
fi

output=()
[ $# = 0 ] || output=(--output "$1")
"$program" ${golden[@]+"${golden[@]}"} --include compute-sanitizer "$parts/sanitizer.json" --include PyTorch "$parts/peers.json" \
  --command "gpu.sh${*:+ $*}" ${output[@]+"${output[@]}"}
