#!/bin/sh
# A post-receive hook: tells a freshet service which files a push has changed. Copy it to hooks/post-receive of a
# bare repository. It takes from the environment, or from the repository's configuration (git config freshet.url …):
#   FRESHET_URL      where the service listens, such as http://127.0.0.1:8466
#   FRESHET_ORIGIN   the repository's URL, as "hook.origin" of the source says it
#   FRESHET_SECRET   file with the secret, the one of service.hooks.generic
set -eu
url=${FRESHET_URL:-$(git config freshet.url)}
origin=${FRESHET_ORIGIN:-$(git config freshet.origin)}
secret=${FRESHET_SECRET:-$(git config freshet.secret)}

# A path as a JSON text: git quotes as C does, and -z does not quote at all.
paths() {
  git diff --name-only -z --no-renames --diff-filter="$1" "$2" "$3" |
    python3 -c 'import json, sys; print(json.dumps([p.decode("utf-8", "replace") for p in sys.stdin.buffer.read().split(b"\0") if p]))'
}

while read -r before after ref; do
  case $ref in refs/heads/*) ;; *) continue ;; esac
  case $after in *[!0]*) ;; *) continue ;; esac   # the branch was taken away
  complete=true
  case $before in *[!0]*) ;; *) before=$(git hash-object -t tree /dev/null); complete=false ;; esac
  body=$(printf '{"origin":"%s","branch":"%s","commit":"%s","complete":%s,"files":%s,"added":%s,"removed":%s}' \
    "$origin" "${ref#refs/heads/}" "$after" "$complete" \
    "$(paths M "$before" "$after")" "$(paths A "$before" "$after")" "$(paths D "$before" "$after")")
  id=$after.$(date +%s%N)
  time=$(date +%s)
  signature=$(printf '%s.%s.%s' "$id" "$time" "$body" | openssl dgst -sha256 -hmac "$(cat "$secret")" -binary | base64)
  printf '%s' "$body" | curl --silent --show-error --fail-with-body --max-time 20 --data-binary @- \
    -H 'Content-Type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $time" \
    -H "webhook-signature: v1,$signature" "$url/hooks/generic" >&2 || echo "freshet was not told of $ref" >&2
done
