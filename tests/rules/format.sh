#!/usr/bin/env bash
# Every C file is as .clang-format lays it out.
set -eu
cd "$1"
folders=
for folder in base formats policies verify hsm sign ca vault licence present service tests bench; do
	[ ! -d "$folder" ] || folders="$folders $folder"
done
files=$(find $folders -name '*.[ch]')
clang-format --version
clang-format --dry-run -Werror $files
