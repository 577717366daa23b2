#!/usr/bin/env bash
# Builds everything from clean without a warning, runs every test project, and ends with the line "N passed, N failed, N skipped",
# counted from the reports that the runner leaves in artifacts/test-results.
#   ./test.sh --layout                   verifies before the tests that 'dotnet format' has nothing to change
#   ./test.sh --long                     runs also the tests that take minutes each; other runs skip them and say so
#   ./test.sh --filter-class '*Gemm*'    other arguments go to the runner
set -euo pipefail
cd "$(dirname "$0")"
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=artifacts/test-results
layout=false
while true; do
    case "${1:-}" in
        --layout) layout=true ;;
        --long) export KERNELFORGE_LONG=1 ;;
        *) break ;;
    esac
    shift
done

rm -rf artifacts/bin artifacts/obj artifacts/test-cubins "$results"
dotnet build KernelForge.sln --configuration Release --verbosity quiet -m:2 -warnaserror -p:UseSharedCompilation=false

# The formatter reads the projects as they were just built: with the generator, and in the same configuration.
if $layout; then Configuration=Release dotnet format KernelForge.sln --verify-no-changes --no-restore; fi

status=0
dotnet test --solution KernelForge.sln --configuration Release --no-build --max-parallel-test-modules 2 \
    --report-trx --results-directory "$results" --no-progress --no-ansi "$@" || status=$?

passed=0 failed=0 skipped=0
count() { sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2"; }
for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    report=$(find "$results" -name "${name}_*.trx" 2>/dev/null)
    total=0
    if [ -n "$report" ]; then
        total=$(count total "$report")
        passed=$((passed + $(count passed "$report")))
        skipped=$((skipped + $(count notExecuted "$report")))
        failed=$((failed + total - $(count passed "$report") - $(count notExecuted "$report")))
    fi
    if [ "$total" -eq 0 ] && [ $# -eq 0 ]; then
        echo "$name ran no test: it left no results in $results."
        status=1
    fi
done

[ $((passed + failed)) -gt 0 ] && [ "$failed" -eq 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
