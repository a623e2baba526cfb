#!/usr/bin/env bash
# Features of a list of pictures by GNU parallel: PARTS parts, as many at once as there are jobs.
#   LIST=files.txt WEIGHTS=ViT-B-16.pt OUT=features.npy PARTS=8 JOBS=4 ./parallel.sh
# On several machines: add --sshloginfile hosts --wd . to parallel; all see the same folder.
set -euo pipefail
: "${LIST:?a file with a path a line}" "${WEIGHTS:?CLIP weights}" "${OUT:=features.npy}"
: "${PARTS:=8}" "${JOBS:=2}" "${LMPT:=lmpt}"

OUT=${OUT%/}  # of a folder
mkdir -p "$OUT.parts"
# One thread for each job: the jobs share the processor already. Each is tried again twice.
seq "$PARTS" | parallel -q --jobs "$JOBS" --retries 3 --halt soon,fail=1 \
  "$LMPT" encode --weights "$WEIGHTS" --list "$LIST" --shard "{}/$PARTS" \
  --output "$OUT.parts/{}.npy" --resume --on-bad-image skip --threads 1 --quiet
"$LMPT" encode --merge "$OUT" --resume "$OUT".parts/*.npy
