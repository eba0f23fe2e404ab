#!/usr/bin/env bash
# Runs the steps of the Dockerfile by hand, for machines without Docker: the files that .dockerignore lets through,
# npm ci, build, npm prune, the files of the image, then the service as another user with NODE_ENV=production on a
# PostgreSQL of its own. It uses the committed state (HEAD).
# Needs PostgreSQL's programs; as root it runs them as `postgres` and the service as `nobody`.
set -euo pipefail
repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
work=$(mktemp -d)
chmod 755 "$work"
service='' database=''
stop() {
  [ -z "$service" ] || kill -KILL "$service" 2>/dev/null || true
  [ -z "$database" ] || as postgres "$database/pg_ctl" -s -D "$work/postgres" -m immediate stop || true
  rm -rf "$work"
}
trap stop EXIT

fail() { printf '!! %s\n' "$*" >&2; exit 1; }
say() { printf '== %s\n' "$*"; }
as() { # as USER COMMAND…: if we are root, the command runs as USER
  local user=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then (cd "$work" && runuser -u "$user" -- "$@"); else (cd "$work" && "$@"); fi
}
free_port() { node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"; }

say 'the build context'
build=$work/build
mkdir "$build"
mapfile -t allowed < <(sed -n 's/^!//p' "$repository/.dockerignore")
for path in "${allowed[@]}"; do git -C "$repository" archive HEAD "$path" | tar -x -C "$build"; done
cd "$build"

say 'npm ci, build, npm prune --omit=dev, other platforms'
npm ci --no-audit --no-fund >"$work/npm.log" 2>&1 || { tail -n 20 "$work/npm.log"; fail 'npm ci'; }
if grep -i '^npm warn' "$work/npm.log"; then fail 'npm ci warns'; fi
npm run -s build || fail 'build'
npm prune --omit=dev --no-audit --no-fund >>"$work/npm.log" 2>&1 || { tail -n 20 "$work/npm.log"; fail 'npm prune'; }
node scripts/prune-modules.mjs
[ ! -e node_modules/typescript ] || fail 'the dev dependencies are still there'

say 'the files of the image'
app=$work/app
mkdir "$app"
mapfile -t copied < <(sed -n 's#^COPY --from=build \(/app/.*\) [^ ]*$#\1#p' "$repository/Dockerfile" | tr ' ' '\n' | sed 's#^/app/##')
for path in "${copied[@]}"; do cp -r "$build/$path" "$app/$path"; done
rm -rf "$build"
cd "$app"
megabytes=$(du -sm --exclude=./models . | cut -f 1)
echo "$megabytes MB without models, $(du -sm models | cut -f 1) MB of models"
[ "$megabytes" -le 150 ] || { du -sm node_modules/* node_modules/@*/* | sort -n | tail -n 8; fail 'more than 150 MB'; }

say 'without its secrets it refuses to start and names each'
run_service() { as nobody env -i PATH="$PATH" TMPDIR="$work/tmp" NODE_ENV=production HOST=127.0.0.1 EXECUTION_PROVIDERS=cpu DATA_DIR="$work/data" "$@"; }
install -d -m 700 "$work/data" "$work/tmp"
[ "$(id -u)" -ne 0 ] || chown nobody "$work/data" "$work/tmp"
if run_service node "$app/dist/src/main.js" >"$work/refused.log" 2>&1; then fail 'it started without DATABASE_URL and JWT_SECRET'; fi
for name in DATABASE_URL JWT_SECRET; do grep -q "$name" "$work/refused.log" || { cat "$work/refused.log"; fail "$name was not named"; }; done
cat "$work/refused.log"

say 'PostgreSQL'
database=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || command -v initdb)")
database_port=$(free_port)
install -d -m 700 "$work/postgres"
printf 'only-for-this-check' >"$work/password"
[ "$(id -u)" -ne 0 ] || chown postgres "$work/postgres" "$work/password"
as postgres "$database/initdb" -D "$work/postgres" -U detector --auth=scram-sha-256 --pwfile="$work/password" -E UTF8 --locale=C.UTF-8 >/dev/null
as postgres "$database/pg_ctl" -w -s -D "$work/postgres" -l "$work/postgres/log" -o "-p $database_port -k $work/postgres -c listen_addresses=127.0.0.1" start
url=postgres://detector:only-for-this-check@127.0.0.1:$database_port/postgres
secret=$(node -p "require('crypto').randomBytes(32).toString('hex')")

say 'the service, as another user, on a root file system that it cannot write to'
port=$(free_port)
touch "$work/before"
(cd "$app" && run_service DATABASE_URL="$url" JWT_SECRET="$secret" PORT="$port" MODELS_DIR="$app/models" node "$app/dist/src/main.js") >"$work/service.log" 2>&1 &
service=$!
for _ in $(seq 300); do
  curl -fs "http://127.0.0.1:$port/readyz" >"$work/ready.json" && break
  kill -0 "$service" 2>/dev/null || { cat "$work/service.log"; fail 'the service ended'; }
  sleep 0.2
done
[ -s "$work/ready.json" ] || { cat "$work/service.log"; fail 'not ready after a minute'; }
cat "$work/ready.json" && echo

say 'the health check of the image'
health=$(sed -n 's/^  CMD \["node", "-e", "\(.*\)"\]$/\1/p' "$repository/Dockerfile" | tail -n 1)
[ -n "$health" ] || fail 'the Dockerfile has no health check'
PORT=$port node -e "$health" || fail 'the health check failed on a live service'
if PORT=$(free_port) node -e "$health"; then fail 'the health check passed on a port where nothing listens'; fi

say 'a film, with a token from the command line'
token=$(run_service DATABASE_URL="$url" JWT_SECRET="$secret" MODELS_DIR="$app/models" node "$app/dist/src/cli/main.js" token create --name check --role submitter 2>"$work/token.log") || { cat "$work/token.log"; fail 'no token'; }
film=$(git -C "$repository" ls-files 'annotations/films/*' | head -n 1)
status=$(curl -sS -o "$work/report.json" -w '%{http_code}' -H "Authorization: Bearer $token" -F "image=@$repository/$film" "http://127.0.0.1:$port/v1/detections")
[ "$status" = 201 ] || { cat "$work/report.json"; fail "the film was answered $status"; }
head -c 300 "$work/report.json" && echo

say 'it wrote only to its own folders'
written=$(find "$app" -newer "$work/before" -type f | head -n 5)
[ -z "$written" ] || fail "written: $written"

say 'SIGTERM ends it'
pid=$(pgrep -u "$( [ "$(id -u)" -eq 0 ] && echo nobody || id -un )" -f "^node $app/dist/src/main.js" | head -n 1)
kill -TERM "$pid"
for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
kill -0 "$pid" 2>/dev/null && fail 'it still runs 10 s after SIGTERM'
wait "$service" || { tail -n 5 "$work/service.log"; fail "it ended with $?"; }
service=''
echo 'every step holds'
