#!/bin/sh
# Texts and translations: what is extracted, that a broken placeholder is refused, and that nothing is missing.
set -u
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/flows/knowledge"

n=0
ok() { # status name
  n=$((n + 1))
  if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
note() { sed 's/^/# /' "$1"; }

command -v xgettext >/dev/null || { echo "1..0 # SKIP xgettext is missing (Debian: gettext)"; exit 0; }
extract=$(realpath "$build/i18n/extract") || { echo "1..0 # SKIP $build/i18n/extract is not built"; exit 0; }
echo 1..6

cat >"$work/flows/x.yaml" <<'YAML'
format: 1
id: x
title: A title
matches: {title: not a text}
steps:
  one:
    choose: "The domain {rcpt.domain} is \"gone\""
    note: for authors
    help: |
      Line one.
      Line two.
    choices:
      - {label: "Yes", value: "yes", go: two}
      - {label: {en: No, ja: いいえ}, go: two}
  two:
    checklist: A title
    with: {label: not a text}
    items:
      - Plain item
      - {do: Written item}
    next:
      - {when: {say: not a text}, go: one, say: A branch says this}
      - else: one
YAML
cat >"$work/flows/knowledge/guides.yaml" <<'YAML'
- {id: g, title: Guide, app: Program, note: A note, source: nobody, steps: [First, Second]}
YAML
cat >"$work/flows/knowledge/causes.yaml" <<'YAML'
causes:
  - id: c
    label: Cause
    note: for authors
    confirmed_by: [{when: {label: not a text}, reason: Because}]
    remedies: {user: [Do this], admin: [Do that], helpdesk: []}
YAML
cat >"$work/flows/knowledge/dnsbl.yaml" <<'YAML'
lists:
  bl.example:
    name: Not a text
    listed: {127.0.0.2: the operator's words}
    advice: What to do
    advice_policy: No accusation
    note: for authors
  b2.example: {ask: core, advice: What to do}
retired:
  - {zones: b3.example, reason: for authors}
YAML
cat >"$work/flows/knowledge/providers.yaml" <<'YAML'
providers: [{name: Somebody, note: for authors}]
YAML
cat >"$work/expected" <<'POT'
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

#: flows/x.yaml:3 flows/x.yaml:16
msgid "A title"
msgstr ""

#: flows/x.yaml:7
#, python-brace-format
msgid "The domain {rcpt.domain} is \"gone\""
msgstr ""

#: flows/x.yaml:9
msgid ""
"Line one.\n"
"Line two."
msgstr ""

#: flows/x.yaml:13
msgid "Yes"
msgstr ""

#: flows/x.yaml:19
msgid "Plain item"
msgstr ""

#: flows/x.yaml:20
msgid "Written item"
msgstr ""

#: flows/x.yaml:22
msgid "A branch says this"
msgstr ""

#: flows/knowledge/guides.yaml:1
msgid "Guide"
msgstr ""

#: flows/knowledge/guides.yaml:1
msgid "Program"
msgstr ""

#: flows/knowledge/guides.yaml:1
msgid "A note"
msgstr ""

#: flows/knowledge/guides.yaml:1
msgid "First"
msgstr ""

#: flows/knowledge/guides.yaml:1
msgid "Second"
msgstr ""

#: flows/knowledge/causes.yaml:3
msgid "Cause"
msgstr ""

#: flows/knowledge/causes.yaml:5
msgid "Because"
msgstr ""

#: flows/knowledge/causes.yaml:6
msgid "Do this"
msgstr ""

#: flows/knowledge/causes.yaml:6
msgid "Do that"
msgstr ""

#: flows/knowledge/dnsbl.yaml:5 flows/knowledge/dnsbl.yaml:8
msgid "What to do"
msgstr ""

#: flows/knowledge/dnsbl.yaml:6
msgid "No accusation"
msgstr ""
POT
(cd "$work" && "$extract" flows/x.yaml flows/knowledge/guides.yaml flows/knowledge/causes.yaml \
  flows/knowledge/dnsbl.yaml flows/knowledge/providers.yaml) >"$work/got"
diff -u "$work/expected" "$work/got" >"$work/diff"
ok $? "texts of flows, guides, causes and lists, each with its line"
note "$work/diff"

printf 'title: "Broken {place"\n' >"$work/flows/x.yaml"
(cd "$work" && "$extract" flows/x.yaml) >/dev/null 2>"$work/errors"
[ $? -eq 1 ] && grep -q '^flows/x.yaml:1:8: error: .*never closed' "$work/errors"
ok $? "a broken placeholder is refused with its place"

cat >"$work/x.po" <<'PO'
msgid ""
msgstr ""
"Project-Id-Version: x\n"
"PO-Revision-Date: 2026-11-21 12:00+0900\n"
"Last-Translator: x\n"
"Language-Team: x\n"
"Language: ja\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

#, python-brace-format
msgid "The domain {rcpt.domain} is gone"
msgstr "ドメイン {rcpt.domian} はありません"
PO
! msgfmt --check -o "$work/x.mo" "$work/x.po" 2>/dev/null
ok $? "msgfmt refuses a translation with another placeholder"
sed -i 's/domian/domain/' "$work/x.po"
mkdir "$work/mo"
msgfmt --check -o "$work/mo/ja.mo" "$work/x.po" && "$extract" --load "$work/mo"
ok $? "a sound catalogue can be read"

# Every placeholder of the template must be checked by msgfmt, so its entry must be flagged.
BUILD=$build i18n/pot check >"$work/check" 2>&1
status=$?
! awk 'BEGIN { RS = "" } /\{[A-Za-z0-9_.]+\}/ && !/python-brace-format/' "$build/i18n/messages.pot" | grep .
ok $? "every text with a placeholder is flagged"
ok $status "every text is translated, and the catalogues can be used"
[ $status -eq 0 ] || head -40 "$work/check" | sed 's/^/# /'
