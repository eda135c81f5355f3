#!/usr/bin/env bash
# On a machine with .NET: publishes the test program with its runtime to Tests/Gpu/out, for run.sh on a machine without. What is compiled there lies beside it in the checkout.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/out"
rm -rf "$out"
dotnet publish "$here/ProbNet.Gpu.csproj" -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -p:EnableCompressionInSingleFile=true \
    -p:DebugType=none -p:IncludeNativeLibrariesForSelfExtract=true -o "$out" "$@"
rm -f "$out"/*probnet_torch* "$out"/*.pdb "$out"/*.xml
du -sh "$out"
