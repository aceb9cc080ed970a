/* The commands, as --help lists them. */
#include "cli.h"

const struct zy_cmd zy_cmds[] = {
	{ "init",
	    "[--demo | --policies FOLDER --officers FILE] [--suite gm|intl] [--log-origin NAME] [--tcti TCTI] [--softhsm FILE]",
	    "make a home: tokens, keys, certificates, seals, trust bundle, vault", zy_cmd_init,
	    "The home must be absent or empty. --demo takes the invented city of the package; --policies takes\n"
	    "your own offices, seals and licence types (see policies/README.md), and with it --officers those who order\n"
	    "the ceremony that makes the root keys, two officers and who asks, by keys in tokens of their own:\n"
	    "\n"
	    "  {\"persons\": [{\"id\": \"asker\", \"name\": {\"zh\": \"...\", \"en\": \"...\"}, \"role\": \"requester\"},\n"
	    "    {\"id\": \"officer-a\", \"name\": ..., \"role\": \"officer\", \"days\": 730, \"token\": \"usb-key.json\"}, ...]}\n"
	    "\n"
	    "days is how long the entry is valid; token, when somebody has one, describes it as HOME/signer/TOKEN.json\n"
	    "does, else a SoftHSM2 token is made. On a terminal each person is called and waited for. They sign the\n"
	    "order before there is a root key and the record after; from then on rules and keys change by their\n"
	    "orders. SM2 keys live in a TPM 2.0: a\n"
	    "software TPM kept in the home, or a real one with --tcti device:/dev/tpmrm0. The signing services\n"
	    "run afterwards.\n"
	    "\n"
	    "  zhengyin -C /srv/licences init --demo\n"
	    "  zhengyin -C /srv/licences init --policies our-city --officers persons.json\n" },
	{ "up", "", "start the signing services (and the software TPM)", zy_cmd_up,
	    "Where the PIN of a token comes from is said by \"pin\" in HOME/signer/TOKEN.json: \"file\" (the usual one, with\n"
	    "\"pin_file\"), \"credential\" (TOKEN.pin in $CREDENTIALS_DIRECTORY, for systemd), or \"prompt\": then it is\n"
	    "asked for here, on the terminal and without an echo, once until `zhengyin down`. Without \"pin_file\" in the\n"
	    "last two. A token that runs already is left alone.\n"
	    "\n"
	    "  zhengyin -C /srv/licences up\n" },
	{ "down", "", "stop the signing services (and the software TPM)", zy_cmd_down, NULL },
	{ "status", "[--alarm LEVEL] [--secret]", "what can be signed and verified right now", zy_cmd_status,
	    "Asks every token, judges the trust bundle, and verifies the newest licence of the vault. Exit 69\n"
	    "when something of this cannot be done. Then what comes to its end: trust bundle, certificates, seals,\n"
	    "with an alarm 90, 30 and 7 days before (\"alarm_days\": [90, 30, 7] in config.json) and the command\n"
	    "that mends it; and what of the vault needs its operator: room of its map, a reader that hangs, disk space,\n"
	    "the last check and what it found, the backup, entries of the log that wait to be exported or for witnesses,\n"
	    "lists near their nextUpdate. \"alarms\" in config.json has other limits than the usual ones, such as\n"
	    "{\"disk_free_mb\": [9000, 3000, 1000], \"log_export_hours\": null} (null: never an alarm); ARCHITECTURE.md\n"
	    "lists them. An alarm changes the exit status only with --alarm: then it is 1 when one of that level, or a\n"
	    "worse one, stands.\n"
	    "\n"
	    "  zhengyin status --json | jq '(.ends + .alarms)[] | select(.alarm != null)'\n"
	    "  zhengyin status --alarm urgent >/dev/null || page-the-operator\n" },
	{ "mint",
	    "--type TYPE --holder KIND:NUMBER --name NAME --data FILE|- [--form ofd,pdf] "
	    "[--out DIR] [--package] [--request KEY] [--terms promise|condition --until DATE --about TEXT --evidence FILE] | "
	    "--batch FILE|- [--form ofd,pdf] [--out DIR]",
	    "mint a licence, or many", zy_cmd_mint,
	    "TYPE is an alias or a 21-character code (`zhengyin policy list`). DATA is a JSON object with the\n"
	    "type's fields; `zhengyin policy example TYPE` prints a valid one. A request key makes the call safe\n"
	    "to repeat: the same key with the same data answers with the same licence, with other data it is\n"
	    "refused. A batch line: {\"request\": KEY, \"type\": ..., \"holder\": \"uscc:...\", \"name\": ...,\n"
	    "\"data\": {...}}, with terms also \"terms\": {\"kind\", \"until\", \"about\", \"evidence\": \"sha256:...\"}; a batch that was cut off is run again as it is. Its answers are JSON lines, with\n"
	    "or without --json; a refused line does not stop the others, and makes the exit status 1.\n"
	    "--terms, of types that allow it: promise (告知承诺) binds the digest of what the applicant signed, and the\n"
	    "licence is to be checked --until a day; condition (容缺) waits for a paper, and the licence lapses with that\n"
	    "day. Face, record, feed and log say so; `zhengyin change ID --fulfilled` ends it, `list --all --due DATE`\n"
	    "reminds.\n"
	    "Licences of a type that the policies call secret lie in the secret compartment, under a wrapping key of\n"
	    "its own: there and nowhere else works every command that says --secret, and without it nothing shows them.\n"
	    "\n"
	    "  zhengyin policy example business-licence > fields.json\n"
	    "  zhengyin mint --type business-licence --holder uscc:... --name ... --data fields.json --out licences\n"
	    "  zhengyin mint --type business-licence ... --terms condition --until 2026-06-30 --about 房屋租赁合同\n"
	    "  zhengyin mint --batch today.jsonl --out licences > answers.jsonl\n" },
	{ "change",
	    "ID --data FILE|- [--name NAME] [--from DATE] [--form ofd,pdf] [--out DIR] [--request KEY] | ID --fulfilled | "
	    "ID --terms promise|condition --until DATE --about TEXT --evidence FILE",
	    "a new version of a licence; the old one stays, superseded", zy_cmd_change,
	    "DATA holds only the fields that change; null takes an optional field away. Only a valid licence can\n"
	    "change: a suspended one must be resumed first. --from: the day from which the change holds in law, when that\n"
	    "is before today; what the record said until now stays readable with `show --at`.\n"
	    "Terms stay as they are, unless they are --fulfilled, or others are given. Lapsed licences are minted anew.\n" },
	{ "suspend", "ID --reason CODE [--from DATE]", "suspend a licence", zy_cmd_suspend, NULL },
	{ "resume", "ID --reason CODE [--from DATE]", "make a suspended licence valid again", zy_cmd_resume, NULL },
	{ "revoke", "ID --reason CODE [--from DATE]", "revoke a licence for good", zy_cmd_revoke,
	    "--from: the day from which it counts as revoked, when that is before today (撤销自始无效: the day of issue).\n"
	    "\n"
	    "  zhengyin revoke ID --reason forged-papers --from 2025-03-01\n" },
	{ "show",
	    "ID [--version N] [--at TIME] [--on DATE] [--out DIR] [--package] [--as WHO] [--item CODE] [--case NUMBER] [--ground TEXT]",
	    "a licence's content and status, now or as of a time", zy_cmd_show,
	    "ID is a licence's identifier, of any version. --at is the time of the record: what the vault knew\n"
	    "then. --out takes the files out, as they were minted.\n"
	    "\n"
	    "--on asks how it stood on a day in law · 某日是否有效: which version was in force, and whether it was valid,\n"
	    "suspended, revoked, expired or not yet valid, by what was recorded until --at (or now), with the digest of the\n"
	    "rules known that day. With --json the answer has a log proof for every event of the licence, counted from 1,\n"
	    "and the key of their tags: with the published log (`zhengyin log export`) anybody sees that no event of this\n"
	    "licence is missing up to the checkpoint. The log proves what was recorded and when, and that nothing was\n"
	    "left out; it cannot prove that what was recorded is true. The key also shows whether more comes later:\n"
	    "give it to whom that may concern.\n"
	    "\n"
	    "  zhengyin show ID --on 2025-06-30 --json | jq .standing\n"
	    "  zhengyin show ID --on 2025-06-30 --at 2025-07-01T00:00:00Z\n" },
	{ "list", "--holder KIND:NUMBER | --all [--on DATE] [--at TIME] [--due DATE]",
	    "the newest versions of a holder's licences, or of all", zy_cmd_list,
	    "Of one tenant: --tenant CODE, else the one that config.json names (\"tenant\"), else the top of the tree.\n"
	    "A tenant above looks down with --below CODE --reason CODE, when it was allowed to.\n" },
	{ "history", "ID [--on DATE] [--at TIME]", "every event of a licence", zy_cmd_history,
	    "Each event has the time it was recorded at and, where another one was said, the legal time from which it\n"
	    "holds. --at leaves out what was recorded later, --on what did not hold yet on that day.\n" },
	{ "holder", "VERB ...", "who a holder is: several numbers, names; `zhengyin holder --help` lists the verbs",
	    zy_cmd_holder, NULL },
	{ "receipts", "--holder KIND:NUMBER [--as WHO ...]", "who looked at what is held of somebody, with proof",
	    zy_cmd_receipts,
	    "Every show, list --holder, history, wallet enrol and change of numbers is written down before it is answered:\n"
	    "who (--as), when, which licence, for which --item and --case, on which --ground. They are a chain, and the log has an\n"
	    "entry for each. --json gives what the holder needs to see that none was left out: the chain, the key of its\n"
	    "tags, and the proof of its newest receipt, which is this very look. It is for the holder alone.\n"
	    "\n"
	    "  zhengyin receipts --holder uscc:... --json > receipts.json\n" },
	{ "events", "[--from N [--after ID]] [--limit N] [--follow] [--secret]",
	    "the feed of all events, in order, from a position on", zy_cmd_events,
	    "For supervision, statistics and push. Every event once it is durable, numbered from 1 without gaps; no\n"
	    "names and no numbers of people. A consumer notes the `seq` of the last event that it dealt with and asks\n"
	    "from the next one; what was cut off it gets again, and knows by its `id`, which is the event's entry in\n"
	    "the log. --after says by which id it knows the event before: a vault that was set back, and has another there,\n"
	    "is log-fork, as is a position behind the next event. --follow looks after that by itself, and goes on until it is\n"
	    "stopped, or until --limit; others work on meanwhile.\n"
	    "\n"
	    "  zhengyin events --from $((LAST + 1)) --after $ID --follow --json\n" },
	{ "check", "[--anew] [--secret] | --only files | --accept FILE... | --accept-all",
	    "hold every stored byte against what was written", zy_cmd_check,
	    "First every file of the home: against HOME/files.sums, where whoever writes a file notes its SHA-256, or\n"
	    "against sums and chains of its own (stores, journals of the signers, the clock of time-stamps). A file that\n"
	    "was changed, is missing, or of nobody in a folder that is read is named, and the check ends there with exit 74;\n"
	    "who reads such a file is refused with home-file. Left out are run/, tokens/ and root/ (the tokens' own files),\n"
	    "out/ and locks. --only files ends after that; it needs no signer and no key.\n"
	    "By hand you may change config.json, trust/pin, signer/TOKEN.json, and in policies/ all but seals.json and\n"
	    "officers.json, which go by `approve`. Then say so with --accept, by the file's name below HOME; a file that you\n"
	    "took away is accepted in the same way. --accept-all takes every file as it lies: after files were brought back\n"
	    "by hand, or when files.sums itself was lost; look at them with other eyes first.\n"
	    "\n"
	    "Then the vault: opens every value under its key, makes every leaf of the log again from the content that it is of, and holds\n"
	    "versions, status, indexes and counts against the events. It reads beside whoever mints meanwhile, a piece at\n"
	    "a time, and says on stderr how far it is. Ctrl-C stops it: the next call goes on from there, also after a\n"
	    "crash; --anew begins at the beginning. At the end it says what there is; open intents are requests that\n"
	    "were cut off and wait to be repeated with the same key. What does not hold is exit 74, and named.\n"
	    "\n"
	    "  zhengyin check --json\n"
	    "  zhengyin check --only files\n"
	    "  zhengyin check --accept config.json --accept policies/types/business-licence.json\n" },
	{ "shred", "--holder KIND:NUMBER [--tenant CODE] [--secret] --out FILE | --order ORDER",
	    "destroy a holder's data by lawful order", zy_cmd_shred,
	    "With --out it writes which data key is to be destroyed, and changes nothing; an order of the action shred\n"
	    "cites the legal ground. What each tenant holds of somebody has a data key of its own: --tenant says whose,\n"
	    "and the order names the key, wherever it is. With --order the signer takes the order first: from then on it\n"
	    "never unwraps that data key, from whichever copy of the vault. Then the vault gives up its own. Records and\n"
	    "files of the holder's licences can be read no more (destroyed-by-order), `list` shows them as destroyed,\n"
	    "`history` names the order; log, counts and `check` stay whole. Files that were handed out are not reached,\n"
	    "nor is a copy of the token itself from before: rotate the wrapping key afterwards and have the old one\n"
	    "destroyed. After a restore of something older, carry the same order out again: the vault does not know of\n"
	    "it yet.\n"
	    "\n"
	    "  zhengyin shred --holder citizen:... --out shred\n"
	    "  zhengyin approve request shred shred --as requester-1 --purpose '依法删除' --ground '...' --out s.order\n"
	    "  zhengyin approve sign s.order --as officer-1       and officer-2\n"
	    "  zhengyin shred --order s.order\n" },
	{ "backup", "DIR [--secret]", "copy the home while others mint; again into the same DIR: what is new",
	    zy_cmd_backup,
	    "Copies the vault in pieces beside whoever mints, and the files of the home, keys left out: they are in the\n"
	    "tokens, and HOME/tokens and HOME/root are not copied. DIR is absent, empty, or a backup of this home; cut off,\n"
	    "the next call goes on. It ends with a trial: all parts are read back into a store, whose log must be that of\n"
	    "a checkpoint signed before. What DIR holds is sealed as the vault is.\n"
	    "The secret compartment is copied with --secret, to a folder of its own.\n"
	    "\n"
	    "  zhengyin backup /mnt/copies/licences\n" },
	{ "restore", "DIR [--secret] [--digest SHA256] [--checkpoint FILE] [--accept-loss] [--at TIME | --position N]",
	    "a vault from a backup, proved", zy_cmd_restore,
	    "HOME has no vault (the files of the home are put there when HOME is absent or empty; then bring the tokens\n"
	    "back, `zhengyin up`, and call it again). --digest: what `backup` answered, kept elsewhere; without it nothing\n"
	    "says, before the tokens are there, that the files are those that were copied. Every value is opened and every\n"
	    "leaf of the log made again before the vault gets its place. --checkpoint: one that was kept elsewhere; a log\n"
	    "that is not its continuation is refused, and so is a shorter one, unless --accept-loss says that what is named\n"
	    "as lost may be lost. --at and --position (of an event) go back to a moment since the first backup. What signers\n"
	    "remember stays with them: counts of seals are never set back, and a log that is shorter than they signed is\n"
	    "not signed before two officers ordered it (`zhengyin log loss --help`). Of the secret compartment the signers\n"
	    "know what was there last: an older backup is log-fork unless --accept-loss, and is then read only, until the\n"
	    "same.\n"
	    "What was destroyed by an order that is newer than the backup stays unreadable; it says of how many holders,\n"
	    "and until `zhengyin shred --order` was called again for each, `zhengyin check` reminds.\n"
	    "\n"
	    "  zhengyin restore /mnt/copies/licences --checkpoint checkpoint-2026-03-01\n" },
	{ "journal", "[--token NAME] [--check] [--since SEQ:HASH]",
	    "what the signers signed: when, with which key, under which rule", zy_cmd_journal,
	    "One line for each signature of a token, or of all tokens; no content and no numbers of people. Each\n"
	    "record holds the digest of the one before; a journal that does not chain is exit 74. --check prints\n"
	    "only how many records there are, the head (SEQ:HASH), and the uses of each seal. Note a head elsewhere\n"
	    "and give it back with --since: a journal that does not hold it was cut short or replaced.\n"
	    "\n"
	    "  zhengyin journal --check\n"
	    "  zhengyin journal --token zy-tpm --check --since 120:9b2c...\n" },
	{ "policy", "list | check [FOLDER] | example [--line] TYPE",
	    "licence types: list them, check files, print sample data", zy_cmd_policy,
	    "list and example read the home's policies, or those of the package where there is no home. check\n"
	    "reads FOLDER, or the home's; a fault is named with file and line.\n" },
	{ "seal",
	    "make ESID [--version 4|5] [--certs embed|digest] | list | show ESID [--png FILE] | "
	    "retire ESID... | switch-off ESID... | sign ... | extend ... | fields FILE",
	    "electronic seals: make, list, show, retire, switch off, put on a PDF or XML", zy_cmd_seal,
	    "make takes a seal of policies/seals.json that has none yet: it makes its two keys in the tokens, their\n"
	    "certificates and the SESeal in HOME/seals/ESID, and the next version of the trust bundle, which then\n"
	    "knows the seal. Its rule must be approved: `zhengyin approve`; the signers refuse seals that they do not\n"
	    "know. A seal of version 5 is made within its dates; when its rule says\n"
	    "`timestamp`, it carries one. States: valid,\n"
	    "not-yet-valid, expired, not-made, retired, off. `zhengyin seal retire --help` and `zhengyin seal\n"
	    "switch-off --help` explain these.\n"
	    "\n"
	    "  zhengyin seal make 99010000000003 --version 5\n"
	    "  zhengyin seal show 99010000000003 --png seal.png\n"
	    "  zhengyin seal sign --help\n" },
	{ "key",
	    "list [--token NAME] | show KEY | generate KEY --kind KIND --uses USE,... | "
	    "rotate KEY [--on DAY] [--overlap DAYS] | rewrap [--secret] | retire KEY [--on DAY] [--out FILE] | "
	    "compromised KEY [--out FILE] | destroy KEY --confirm KEY | destroy KEY --out FILE",
	    "keys in the tokens: their states, rotation, end", zy_cmd_key,
	    "KEY is TOKEN/LABEL. rotate makes the next generation of a key of a seal, of the seal maker, of the\n"
	    "time-stamps, the OCSP answers, the trust bundle, the log or a department's credentials, asks our authority\n"
	    "for its certificate (and makes the seal anew for the same esID, or the next trust bundle with the new\n"
	    "credential key in it: give --on a day when verifiers will have that), and plans its day; from then on\n"
	    "commands that start use it, those that run go on with the one before through the overlap, and after it\n"
	    "that one is refused (key-state). It may be called again when it was cut off. A key of the log has no\n"
	    "certificate: the next trust bundle names it from its day on, and checkpoints of the overlap carry the\n"
	    "signatures of both, so that who has the bundle of before verifies them too. Keys of the issuing\n"
	    "authorities come from a ceremony (`ceremony plan next-issuing`); those of devices and persons are not\n"
	    "rotated. Of the vault's wrapping key it also wraps the data keys\n"
	    "anew, nothing else is written, and licences are minted meanwhile; what was cut off, or planned for a day\n"
	    "that has come, `key rewrap` does. The one before opens what it wrapped until two officers retire it, which\n"
	    "nobody can ask for while it still wraps something. States: planned, active, retiring (signs\n"
	    "nothing, what it signed is verified), retired, compromised, destroyed; each change is a record of the\n"
	    "signer's journal; list tells what comes to its end, as `status` does. Where officers are enrolled, two of\n"
	    "them must order that a key is retired or destroyed\n"
	    "(but not one that is planned), or that an AES key is compromised: with --out FILE the command writes what\n"
	    "they are asked for, and changes nothing. That a key pair is compromised anybody may say, and it signs nothing more.\n"
	    "\n"
	    "  zhengyin key list --token zy-tpm\n"
	    "  zhengyin key rotate zy-tpm/timestamp --on 2027-01-01 --overlap 30\n"
	    "  zhengyin key retire zy-tpm/timestamp --out retire.key\n"
	    "  zhengyin approve request key retire.key --as requester-1 --purpose '到期' --out retire.order\n"
	    "  zhengyin approve sign retire.order --as officer-1       and officer-2\n"
	    "  zhengyin approve apply retire.order\n" },
	{ "trust",
	    "show | renew [--days N] | limit N ... | add FILE.pem --purpose P,... | remove N | witness KEY | dismiss NAME",
	    "the trust bundle that verifiers get: how long it is good, its anchors, the next one", zy_cmd_trust,
	    "renew makes the next version with the types and seals that the policies have now, also when the last\n"
	    "one has expired. The anchors stay, and so does the pin: who has the pin takes the new file.\n"
	    "limit says what the anchor N of `show` may vouch for, in place of what was said before: licences of\n"
	    "--type, signers of --issuer, what existed --from a time and --until a time; for --purpose, or for all\n"
	    "that it has to do with licences. Without such an option nothing is limited any more. The pin stays.\n"
	    "add and remove take another authority into the bundle, or out of it: then the pin is a new one, which\n"
	    "every verifier must be given by another way than the bundle.\n"
	    "witness names who watches the log, by a key of C2SP tlog-cosignature, for what it signs --from and --until a\n"
	    "time; --least says how many of them must have signed a checkpoint before a proof by it passes. dismiss takes\n"
	    "one out, by key or by name.\n"
	    "\n"
	    "  zhengyin trust renew --days 180\n"
	    "  zhengyin trust limit 1 --type business-licence --until 2027-12-31T23:59:59Z\n"
	    "  zhengyin trust add other-ca.pem --purpose seal,document --issuer 11990100MB99000131\n"
	    "  zhengyin trust witness 'w.example/linxi+1c2d3e4f+BPp...' --least 2\n" },
	{ "wallet", "enrol ID [--suite gm|intl] [--tenant CODE] | show ID --fields KEY,... [--qr FILE.png]",
	    "a holder's device: enrol a licence, show fields as a code", zy_cmd_wallet,
	    "enrol makes a device key in a token and a credential for it, kept in HOME/wallet under the holder's data key;\n"
	    "it prints the fields, and is a look at the licence (`receipts`). show makes an offline code that holds the chosen fields only and is accepted until 90\n"
	    "seconds after it was made.\n"
	    "\n"
	    "  zhengyin wallet enrol ID && zhengyin wallet show ID --fields name,kind --qr code.png\n"
	    "  zhengyin wallet show ID --fields name | zhengyin-verify --showing -\n" },
	{ "tenant", "VERB ...",
	    "who shares this vault: a city, its districts; `zhengyin tenant --help` lists the verbs", zy_cmd_tenant,
	    NULL },
	{ "log", "VERB ...", "the transparency log: checkpoints, proofs; `zhengyin log --help` lists the verbs",
	    zy_cmd_log, NULL },
	{ "ca", "VERB ...", "certificates, time-stamps; `zhengyin ca --help` lists the verbs", zy_cmd_ca, NULL },
	{ "approve", "VERB ...", "what two officers must approve; `zhengyin approve --help` lists the verbs",
	    zy_cmd_approve, NULL },
	{ "ceremony", "VERB ...", "the roots, which are off line; `zhengyin ceremony --help` lists the verbs",
	    zy_cmd_ceremony, NULL },
	{ "bench", "[NAME] [--count N] [--records N] [--seconds N] [--threads N] [--sessions N]",
	    "our rates beside the raw primitives, in one run", zy_cmd_bench,
	    "Works with sample licences in a home of its own in /tmp, which it removes, and measures what the\n"
	    "token, the library or the disk does when nothing else happens. ratio is ours by raw. Names: mint,\n"
	    "sign-pooled, sm2-verify-known-key, sm2-verify-new-key, p256-verify-known-key, p256-verify-new-key,\n"
	    "verify-licence-pdf, verify-licence-ofd, verify-cms, verify-showing-sm2, verify-showing-p256, vault-put, vault-get,\n"
	    "cert-issue, ocsp-live, tsa; verify is all of verification; without a name all of them.\n" },
	{ "drill", "hsm [--seconds N] | revoke [--entries N] | log-fork | restore | key",
	    "rehearse what must not go wrong: lost tokens, mass revocation, a forked log, a restore, a lost key",
	    zy_cmd_drill,
	    "hsm signs with SM2 and P-256 keys from several threads in a home of its own in /tmp, which it removes,\n"
	    "and kills the software TPM, the hosts of the PKCS#11 modules and the signers (SIGKILL), each at\n"
	    "least once. The last line is {\"requests\", \"failed\", \"longest_pause_ms\"}, with or without --json.\n"
	    "Exit 69 when a request failed or waited for more than 2 seconds.\n"
	    "\n"
	    "revoke adds N certificates (default 1,000,000) to the register of such a home, rows without signatures of\n"
	    "their own, revokes all by one rule, publishes lists in partitions with the home's keys, and checks that\n"
	    "every one is covered. In its last line requests are certificates, failed those that no list covers, and\n"
	    "the pause how long others waited for the register.\n"
	    "\n"
	    "log-fork sets such a home's vault back and gives it another history, restore loses it and brings it back from\n"
	    "a copy, key calls the key of a seal compromised and replaces it. Each step is a line with its time: what must\n"
	    "be found out is, what must be refused is, and in the end minting goes on. In their last line requests are\n"
	    "steps. Exit 69 at the first step that goes otherwise.\n"
	    "\n"
	    "  zhengyin drill log-fork\n"
	    "  zhengyin drill revoke --entries 20000\n" },
	{ 0 },
};
