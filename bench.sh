#!/usr/bin/env bash
# Measures KernelForge on the CPU.
#   ./bench.sh compare [--rounds 3] [--workloads b16_max128] [--output FILE]   beside ONNX Runtime and libtorch, in turn
#   ./bench.sh publish FILE                                                    docs/benchmarks.md and its plot, from what compare wrote
#   ./bench.sh package [FOLDER]                                                one file, kernelforge-bench, that runs on another machine
#   ./bench.sh load [--output FILE]                                            a checkpoint of 400 MB; and a native process, published first, to its first vector
#   ./bench.sh kernels | masks | decode | scan | text | run | --help               see tests/Benchmarks/README.md
# compare prepares its peers: ONNX Runtime from NuGet, and libtorch by a program from the folder of reference data (KERNELFORGE_TESTDATA, else
# ../shared) where Debian's libtorch-dev is installed. What is missing is told in the results.
set -euo pipefail
cd "$(dirname "$0")"

source_of_peers="${KERNELFORGE_TESTDATA:-../shared}/peers"
peers=artifacts/peers
project=tests/Benchmarks/Benchmarks.csproj

prepare_peers() {
    dotnet build -c Release -v q --nologo -nodeReuse:false tests/OnnxRunner/OnnxRunner.csproj >&2 || echo "ONNX Runtime could not be prepared" >&2
    if [ -d "$source_of_peers/torch-cpp" ] && [ -d /usr/include/torch ]; then
        mkdir -p "$peers"
        cp -r "$source_of_peers/shared" "$source_of_peers/torch-cpp" "$peers/"
        chmod -R u+w "$peers"
        make -C "$peers/torch-cpp" >&2 || echo "libtorch could not be prepared" >&2
    fi
}

# The runtime is part of the file; nothing of .NET need be on the other machine.
package() {
    local folder="${1:-artifacts/publish/kernelforge-bench}" built=artifacts/publish/Benchmarks
    dotnet publish -c Release -r linux-x64 -v q --nologo -nodeReuse:false --output "$built" "$project" >&2
    mkdir -p "$folder"
    cp "$built/KernelForge.Benchmarks" "$folder/kernelforge-bench"
    echo "$folder/kernelforge-bench"
}

# A native program that prints the first vector of a model.
publish_first_vector() {
    dotnet publish -c Release -r linux-x64 -v q --nologo -nodeReuse:false --output artifacts/publish/FirstVector tests/FirstVector/FirstVector.csproj >&2
}

case "${1:-}" in
    compare) prepare_peers ;;
    load) publish_first_vector; set -- "$@" --native artifacts/publish/FirstVector/first-vector ;;
    package) shift; package "$@"; exit ;;
esac
dotnet build -c Release -v q --nologo -nodeReuse:false "$project" >&2
exec dotnet artifacts/bin/Benchmarks/release/KernelForge.Benchmarks.dll "$@"
