#!/bin/sh
# Installs what Backstep needs and is missing: C libraries, fonts. Says what it does; a second run takes no time.
set -eu

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

modules="libgvc libcgraph pangocairo pangoft2 cairo cairo-svg cairo-pdf cairo-png fontconfig libdeflate libcmark-gfm"
debian="pkg-config libgraphviz-dev libpango1.0-dev libcairo2-dev libfontconfig-dev libdeflate-dev libcmark-gfm-dev libcmark-gfm-extensions-dev fontconfig fonts-inter fonts-jetbrains-mono"
homebrew="pkgconf graphviz pango cairo fontconfig libdeflate cmark-gfm"
casks="font-inter font-jetbrains-mono"

has() { command -v "$1" >/dev/null 2>&1; }
has_libraries() {
  has pkg-config || return 1
  for module in $modules; do pkg-config --exists "$module" 2>/dev/null || return 1; done
  # The extensions of cmark-gfm come without a .pc file of their own.
  printf '#include <cmark-gfm-core-extensions.h>\n' |
    ${CC:-clang} -E $(pkg-config --cflags libcmark-gfm) - >/dev/null 2>&1
}
has_font() { has fc-list && [ -n "$(fc-list "$1" family 2>/dev/null)" ]; }
has_fonts() { has_font "Inter" && has_font "JetBrains Mono"; }

has swift || fail "no Swift toolchain found. Install Swift 6 from https://www.swift.org/install and run this again."

if has_libraries && has_fonts; then
  say "setup: everything is installed."
  exit 0
fi

if has apt-get; then
  sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || fail "not root and no sudo. Install these packages: $debian"
    sudo="sudo"
  fi
  missing=""
  for package in $debian; do
    case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
      *" installed") ;;
      *) missing="$missing $package" ;;
    esac
  done
  say "setup: installing$missing"
  $sudo apt-get update -qq
  # shellcheck disable=SC2086
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif has brew; then
  say "setup: installing $homebrew $casks"
  # shellcheck disable=SC2086
  brew install --quiet $homebrew
  # shellcheck disable=SC2086
  brew install --quiet --cask $casks
else
  fail "neither apt-get nor brew is here. Install, under your system's names for them:
  libraries (with headers): $homebrew
  fonts: Inter, JetBrains Mono
(Debian calls them: $debian)"
fi

has_libraries || fail "the libraries are installed, but pkg-config does not find all of: $modules"
has_fonts || say "setup: Inter or JetBrains Mono is still missing: a fallback will draw, and bytes and snapshots will differ."
say "setup: done."
