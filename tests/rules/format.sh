#!/usr/bin/env bash
# Every C file is as .clang-format lays it out.
set -eu
cd "$1"
files=$(find base formats policies verify hsm sign ca vault licence present service tests bench -name '*.[ch]' 2>/dev/null)
clang-format --version
clang-format --dry-run -Werror $files
