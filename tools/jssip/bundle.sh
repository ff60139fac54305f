#!/bin/sh
# Bundles JsSIP, which ships none, into switchboard/web/static/vendor/jssip.js: once for each version, by hand.
# Pages load the file from the switchboard itself, never from outside. The versions stand in package.json, their
# hashes in package-lock.json; the outcome is the same on every machine, and tests/web/test_vendored.py holds the
# file in the repository against SHA256SUMS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
vendor=$here/../../switchboard/web/static/vendor
command -v npm >/dev/null || { echo "npm is needed: it comes with Node.js" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/entry.js" "$here/.npmrc" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

version() { node -p "require('./node_modules/$1/package.json').version"; }
PARTS="jssip sdp-transform debug ms events"
names=
for part in $PARTS; do names="$names $part $(version "$part"),"; done
node_modules/.bin/esbuild entry.js --bundle --format=esm --platform=browser --target=es2022 --minify-whitespace \
    --legal-comments=none --log-level=warning --outfile=jssip.js \
    --banner:js="/*${names%,}. Bundled by tools/jssip/bundle.sh; licences: jssip.LICENSE.txt */"

for part in $PARTS; do
    echo "$part $(version "$part")"
    echo
    cat "$(ls node_modules/"$part"/LICENSE* node_modules/"$part"/license* 2>/dev/null | head -n 1)"
    echo
done >jssip.LICENSE.txt

mkdir -p "$vendor"
cp jssip.js jssip.LICENSE.txt "$vendor"
cd "$vendor"
sha256sum jssip.js jssip.LICENSE.txt >SHA256SUMS
cat SHA256SUMS
