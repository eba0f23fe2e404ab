#!/bin/sh
# Runs Schemathesis (https://schemathesis.io) against a service of its own: random requests to every operation of the
# OpenAPI document, with the answers checked against it. Exit code 1 if it found something.
#
#   python3 -m venv /tmp/schemathesis && /tmp/schemathesis/bin/pip install schemathesis==4.32.5
#   npm run build && SCHEMATHESIS=/tmp/schemathesis/bin/schemathesis sh bench/schemathesis.sh [seconds] [pass …]
#
# A single run would spend its time on the first operations, and random ids belong to no film. So it runs in passes,
# each as someone who may make the calls and with ids that exist, for `seconds` each (default 60): submit; films,
# reports, lists (a radiologist); statistics, users, tokens, site (an operator); the session (a person, with cookie and
# CSRF token); login, models, problems, health (nobody).
#
# What it finds, and why it stays:
# - ST202, a valid request is refused: for rules that JSON Schema can't express. Bytes that are not a film, or one of
#   1 × 1 pixels; a model that is not served; a study date that is not in the calendar; `from` that is not before `to`;
#   `after` with `cursor`, `sort` or `count`; `approved: false` (a plain boolean, since Java and Go generators fail on
#   an enum of true); a password that is easy to guess; a cursor that no list gave; what is
#   sent both as a header and as a field.
# - ST204 for the method QUERY, which Node's and Fastify's own parsers answer with 400 before any route is asked.
# Left out: followDetections, a stream that never ends; signOut with a session, which would end the pass (it is tried
# without one); the check `ignored_auth` in the session pass, whose cookie is sent with every request.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
passes=${*:-submit reader operator session anybody}
folder=$(mktemp -d)
port=${PORT:-18473}
base=http://127.0.0.1:$port
password='correct horse battery staple'
found=0

NODE_ENV=development LOG_LEVEL=error PORT=$port DATA_DIR=$folder EXECUTION_PROVIDERS=cpu LOGINS_PER_MINUTE=1000000 \
  node dist/src/main.js >"$folder/stdout" &
service=$!
trap 'kill $service; wait $service || true; rm -rf "$folder"' EXIT
until curl -sf -o /dev/null "$base/readyz"; do
  kill -0 $service
  sleep 1
done

command_line() {
  DATA_DIR=$folder node dist/src/cli/main.js "$@" 2>/dev/null
}

# The value of a member of the JSON object on stdin.
member() {
  node -p "JSON.parse(require('node:fs').readFileSync(0, 'utf8')).$1"
}

# run PASS OPTION…: tests operations of the document, chosen by tag or id, with ids that exist.
run() {
  echo "== $1"
  shift
  "${SCHEMATHESIS:-schemathesis}" --config-file "$folder/schemathesis.toml" run docs/openapi.json --url "$base" \
    --phases examples,coverage,fuzzing --max-time "$seconds" --max-examples 20 --continue-on-failure --seed 1 "$@" ||
    found=1
}

operator=$(command_line token create --name st-operator --role operator)
reader=$(command_line token create --name st-reader --role radiologist)
for name in person other; do
  echo "$password" | command_line user add $name --role operator
done
film=annotations/films/nih-00004344_002.jpg
send() {
  curl -sS -H "Authorization: Bearer $reader" -H 'X-Patient-Ref: P1' --data-binary @$film "$base/v1/detections"
}
report=$(send)
send >/dev/null
spare=$(command_line token create --name st-spare --role submitter)
jti=$(node -p "JSON.parse(Buffer.from('$spare'.split('.')[1], 'base64url')).jti")

cat >"$folder/schemathesis.toml" <<CONFIG
[parameters]
"path.id" = "$(echo "$report" | member id)"
"path.name" = "other"
"path.jti" = "$jti"
CONFIG

# Otherwise sign-up is answered as if it weren't there.
curl -sS -o /dev/null -X PATCH -H "Authorization: Bearer $operator" -H 'Content-Type: application/json' \
  --data '{"signUp":true}' "$base/v1/site"

for pass in $passes; do
  case $pass in
    submit)
      run submit --header "Authorization: Bearer $reader" --include-operation-id submitFilm
      ;;
    reader)
      run reader --header "Authorization: Bearer $reader" --include-tag detections --include-tag films \
        --exclude-operation-id exportDetections --exclude-operation-id deleteImage --exclude-operation-id submitFilm
      ;;
    operator)
      run operator --header "Authorization: Bearer $operator" --include-tag statistics --include-tag users \
        --include-tag tokens --include-tag site --include-operation-id exportDetections \
        --include-operation-id deleteImage --exclude-operation-id logIn --exclude-operation-id signUp \
        --exclude-operation-id followDetections
      ;;
    session)
      signed_in=$(curl -sS -c "$folder/cookies" -H 'Content-Type: application/json' \
        --data "{\"name\":\"person\",\"password\":\"$password\"}" "$base/v1/session")
      cookie=$(awk '$6 ~ /session/ { print $6 "=" $7 }' "$folder/cookies")
      run session --header "Cookie: $cookie" --header "X-CSRF-Token: $(echo "$signed_in" | member csrfToken)" \
        --exclude-checks ignored_auth --include-tag session --exclude-operation-id signOut --exclude-operation-id signIn
      ;;
    anybody)
      run anybody --include-operation-id logIn --include-operation-id signUp --include-operation-id signIn \
        --include-operation-id signOut --include-tag models --include-tag problems --include-tag operations
      ;;
  esac
done
exit $found
