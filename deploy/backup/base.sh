#!/bin/sh
# The whole cluster, copied once a day beside the archive of its log; both are kept for so many days.
#   base.sh once    make today's copy if there is none, remove what is too old
#   base.sh daily   the same, again every hour
#   base.sh fresh   whether the newest copy is younger than 26 hours
# PGHOST, PGPORT and PGUSER say which cluster; the way back stands in handbook/operations.
set -eu

bases=${TEREM_BASES:-/base}
archive=${TEREM_ARCHIVE:-/archive}
days=${TEREM_CLUSTER_BACKUP_DAYS:-14}

once() {
  today="$bases/$(date -u +%F)"
  if [ ! -d "$today" ]; then
    rm -rf "$today.part"
    pg_basebackup -D "$today.part" -X none -c fast -w
    # The tools keep the age of the cluster's folder; the copy's own age is what counts here.
    touch "$today.part"
    mv "$today.part" "$today"
    echo "copied to $today"
  fi
  # A copy needs the log from its own day on, so the log stays a day longer.
  find "$bases" -mindepth 1 -maxdepth 1 -type d -mtime "+$days" -exec rm -rf {} +
  find "$archive" -mindepth 1 -type f -mtime "+$((days + 1))" -delete
}

case "${1:-once}" in
  once) once ;;
  daily)
    while :; do
      once || echo "no copy was made; trying again in an hour"
      sleep 3600 &
      wait $!
    done
    ;;
  fresh)
    found=$(find "$bases" -mindepth 1 -maxdepth 1 -type d ! -name '*.part' -mmin -1560 | head -n 1)
    [ -n "$found" ]
    ;;
  *)
    echo "base.sh once, daily or fresh" >&2
    exit 2
    ;;
esac
