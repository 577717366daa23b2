#!/usr/bin/env bash
# For a machine with an NVIDIA GPU: the CUDA runtime on hardware, as JSON on standard output; exit code 0 where all is right, 2 without a GPU.
# 'tests/gpu.sh publish FOLDER' only makes the native program there, to be carried to such a machine; it needs no .NET then.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=artifacts/hardware
[ "${1:-}" != publish ] || folder=${2:?name a folder}
compiler=()
command -v clang >/dev/null || compiler=(-p:CppCompilerAndLinker=gcc)
dotnet publish tests/Hardware/Hardware.csproj -c Release -r linux-x64 -o "$folder" -v q --nologo -nodeReuse:false "${compiler[@]}" >&2
[ "${1:-}" = publish ] || exec "$folder/kernelforge-hardware"
