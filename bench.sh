#!/usr/bin/env bash
# Measures KernelForge on the CPU beside ONNX Runtime: ./bench.sh [--rounds 3] [--workloads b16_max128] [--output file], ./bench.sh kernels, ./bench.sh masks, ./bench.sh decode, ./bench.sh scan, ./bench.sh text, ./bench.sh --help.
# The peer's program comes from the folder of reference data (KERNELFORGE_TESTDATA, else ../shared), its native library from npm;
# both are kept under artifacts/. Without them KernelForge is measured alone.
set -euo pipefail
cd "$(dirname "$0")"

source_of_peers="${KERNELFORGE_TESTDATA:-../shared}/peers"
peers=artifacts/peers
program=bin/Release/net10.0/ort-cs.dll

prepare_peer() {
    [ -d "$source_of_peers/ort-cs" ] || { echo "no '$source_of_peers/ort-cs': set KERNELFORGE_TESTDATA to the folder that has it" >&2; return; }
    mkdir -p "$peers"
    cp -r "$source_of_peers/shared" "$source_of_peers/ort-cs" "$peers/"
    (
        cd "$peers/ort-cs"
        [ -d node_modules/onnxruntime-node ] || npm install --ignore-scripts --no-audit --no-fund >&2
        # The peer is a program of its own: this repository's build rules are not for it.
        [ -f "$program" ] || dotnet build -c Release -v q --nologo -nodeReuse:false -p:ImportDirectoryBuildProps=false \
            -p:ImportDirectoryBuildTargets=false -p:ImportDirectoryPackagesProps=false >&2
        for layers in 4 12; do
            for variant in contrib int8; do
                [ -f "models/bert_${variant}_l$layers.onnx" ] || dotnet "$program" make "$variant" "$layers" >&2
            done
        done
    ) || echo "ONNX Runtime could not be prepared in '$peers/ort-cs'" >&2
}

case "${1:-}" in
    kernels | masks | decode | scan | text | run | -h | --help) ;;
    *) prepare_peer ;;
esac
dotnet build -c Release -v q --nologo -nodeReuse:false tests/Benchmarks/Benchmarks.csproj >&2
exec dotnet artifacts/bin/Benchmarks/release/KernelForge.Benchmarks.dll "$@"
