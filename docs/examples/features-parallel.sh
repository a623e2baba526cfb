#!/bin/bash
# Fills a feature cache with several processes of one machine, each with one thread.
# Run:  features-parallel.sh SHARDS DATASET DATA WEIGHTS CACHE
# With GNU parallel the shards may also go to other machines (--sshlogin); xargs does for one.
set -euo pipefail
shards=$1 dataset=$2 data=$3 weights=$4 cache=$5
one() {
  lmpt features --dataset "$2" --data "$3" --weights "$4" --cache "$5" --quiet --threads 1 \
    --shard "$6/$1"
}
export -f one
if command -v parallel >/dev/null; then
  parallel one "$shards" "$dataset" "$data" "$weights" "$cache" ::: $(seq "$shards")
else
  seq "$shards" | xargs -P "$(nproc)" -I{} \
    bash -c 'one "$@"' one "$shards" "$dataset" "$data" "$weights" "$cache" {}
fi
