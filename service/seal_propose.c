/* seal retire, seal switch-off: they write the seals.json that officers are asked to approve, and change nothing. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "zy/file.h"
#include "zy/kept.h"
#include "zy/home.h"
#include "zy/policy.h"

#define SEALS_MAX 1000
#define POLICY_FILE_MAX ((size_t)1 << 20)

const struct zy_cmd zy_seal_cmds[] = {
	{ "seal retire", "ESID... --on DATE|TIME [--successor ESID] --out FILE",
	    "the seals.json that retires these seals, for approval", zy_cmd_seal_retire,
	    "From --on (a day begins at 00:00 in Beijing) the signers refuse these seals, and verifiers who have the\n"
	    "next trust bundle reject what is sealed later; what was sealed before stays valid. FILE changes nothing\n"
	    "by itself: two officers approve it.\n"
	    "\n"
	    "  zhengyin seal retire 99010000000001 99010000000002 --on 2027-01-01 --successor 99010000000003 --out s.json\n"
	    "  zhengyin approve request rules s.json --as requester-1 --purpose '一枚印章管审批' --out s.order\n" },
	{ "seal switch-off", "ESID... --until TIME --ground TEXT --out FILE",
	    "the seals.json that switches these seals off for a time, for approval", zy_cmd_seal_switch_off,
	    "Off from now until --until, a year at most, on a legal ground that the journal keeps with the order; the\n"
	    "seals come back by themselves. The same --ground and --until go into the order.\n"
	    "\n"
	    "  zhengyin seal switch-off 99010000000001 --until 2027-01-01T00:00:00+08:00 --ground '...' --out s.json\n"
	    "  zhengyin approve request switch-off s.json --as requester-1 --purpose TEXT \\\n"
	    "    --until 2027-01-01T00:00:00+08:00 --ground '...' --out s.order\n" },
	{ "seal sign", "--seal ESID --item CODE [OPTIONS] FILE --out FILE",
	    "put a seal's signature on a file: PDF, OFD, XML, or any as signed data", zy_cmd_seal_sign,
	    "Any PDF that is not encrypted: the signature (PAdES B-B, with a time-stamp B-T) is appended as a\n"
	    "revision of its own, so that the bytes before, and signatures among them, stay as they are. It shows\n"
	    "the seal's picture. The seal's rule must allow the item. What would not verify is not written.\n"
	    "B-LT also keeps in the file what is needed to judge the signature later, as `seal extend` does, and\n"
	    "B-LTA puts a time-stamp over that. --field signs where the document asks for it; what that field locks\n"
	    "is locked. --certify is for who made the document: after 1 nobody may add anything but time-stamps,\n"
	    "after 2 its fields may be filled and signed, after 3 notes may be made as well.\n"
	    "\n"
	    "Any OFD: a seal signature (GB/T 38540) over every file of the document, earlier signatures included; of\n"
	    "what is there only the list of signatures changes. --strips splits the seal over all pages (骑缝章).\n"
	    "--lock covers the list too, so that nothing can be added after it (整体保护). --without-seal signs the\n"
	    "same (GB/T 35275) and shows nothing.\n"
	    "\n"
	    "Any XML in UTF-8: an enveloped signature of the whole (XAdES B-B, with a time-stamp B-T) before the end\n"
	    "of the root, with P-256 or --suite gm with SM2; where there is one already it is countersigned. The\n"
	    "document's own bytes stay as they are.\n"
	    "\n"
	    "Any file at all: --cms makes signed data of it (RFC 5652; CAdES B-B, with a time-stamp B-T), --gbt35275\n"
	    "that of GB/T 35275; with --detached the file stays outside, for `zhengyin-verify --detached FILE`.\n"
	    "\n"
	    "  zhengyin seal sign --seal 99010000000001 --item 990100-SCJG-0001 letter.pdf --out sealed.pdf\n"
	    "  zhengyin seal sign --seal 99010000000001 --item 990100-SCJG-0001 --page 3 --strips right \\\n"
	    "    contract.ofd --out sealed.ofd\n"
	    "  zhengyin seal sign --seal 99010000000001 --item 990100-SCJG-0001 --gbt35275 --detached \\\n"
	    "    data.csv --out data.csv.p7s\n"
	    "  zhengyin seal sign --seal 99010000000001 --item 990100-SCJG-0001 --suite gm list.xml --out sealed.xml\n"
	    "  zhengyin seal fields form.pdf\n"
	    "  zhengyin-verify sealed.pdf\n" },
	{ "seal extend", "--level B-T|B-LT|B-LTA FILE --out FILE [--crl FILE] [--ocsp FILE] [--force]",
	    "keep a signed PDF verifiable after its certificates have ended", zy_cmd_seal_extend,
	    "B-T puts a time-stamp over a document whose signatures have none. B-LT puts certificates, revocation\n"
	    "lists and OCSP answers into it: our authority answers for its own certificates, lists are taken from\n"
	    "HOME/crl, --crl and --ocsp bring those of others. B-LTA puts a time-stamp over all that. Call it again\n"
	    "before the certificate of the newest time-stamp ends: that is renewed by another one. Nothing that is\n"
	    "signed changes; when something is missing nothing is written.\n"
	    "\n"
	    "  zhengyin seal extend --level B-LTA sealed.pdf --out kept.pdf\n" },
	{ "seal fields", "FILE", "the signature fields of a PDF, empty ones among them", zy_cmd_seal_fields,
	    "For each its name, whether it is signed, its page, and what signing it locks.\n"
	    "\n"
	    "  zhengyin seal fields form.pdf\n" },
	{ 0 },
};

struct proposal {
	struct zy_cli *c;
	struct zy_arena *arena;
	const char *policies; /* HOME/policies */
	json_t *root;
};

static bool open_seals(struct proposal *p, struct zy_error *err)
{
	struct zy_home h;
	struct zy_bytes text;
	const char *path;
	json_error_t why;

	if (!zy_home_open(&h, p->c->home, p->arena, err) ||
	    (p->policies = zy_home_path(&h, p->arena, err, "policies")) == NULL ||
	    (path = zy_arena_printf(p->arena, err, "%s/seals.json", p->policies)) == NULL ||
	    !zy_kept_read(path, POLICY_FILE_MAX, p->arena, &text, err))
		return false;
	p->root = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &why);
	return p->root != NULL ||
	       zy_fail(err, ZY_E_POLICY, "policy", ZY_NOWHERE, "seals.json:%d: %s", why.line, why.text);
}

static json_t *find_seal(const struct proposal *p, const char *esID, struct zy_error *err)
{
	size_t i;
	json_t *s;

	json_array_foreach(json_object_get(p->root, "seals"), i, s)
	{
		const char *id = json_string_value(json_object_get(s, "esID"));

		if (id != NULL && strcmp(id, esID) == 0)
			return s;
	}
	zy_fail_set(err, ZY_E_NOT_FOUND, "esID", ZY_NOWHERE, "policies/seals.json has no seal %.32s", esID);
	return NULL;
}

/* What is written would be taken: it is read as the signer will read it. */
static bool save(const struct proposal *p, const char *out, size_t num, struct zy_error *err)
{
	char *text = json_dumps(p->root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	struct zy_policy policy;
	bool ok = text != NULL || zy_fail(err, ZY_E_NO_MEMORY, "seals", ZY_NOWHERE, "no memory for the proposal");

	ok = ok && zy_policy_load_with(&policy, p->policies, zy_str(text), p->arena, err) &&
	     zy_file_write(out, zy_str(text), 0644, false, err);
	free(text);
	if (!ok)
		return false;
	if (p->c->json)
		zy_cli_json(json_pack("{s:s, s:i}", "proposal", out, "seals", (int)num));
	else
		printf("%s: %zu seals; now two officers must approve it: zhengyin approve request\n", out, num);
	return true;
}

/* Sets `member` of each seal to a copy of v, which is taken. */
static bool propose(struct zy_cli *c, const char *const *esIDs, size_t num, const char *member, json_t *v,
    const char *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct proposal p = { .c = c, .arena = &a };
	bool ok = open_seals(&p, err);

	for (size_t i = 0; ok && i < num; i++) {
		json_t *s = find_seal(&p, esIDs[i], err);

		ok = s != NULL && (json_object_set_new(s, member, json_deep_copy(v)) == 0 ||
				      zy_fail(err, ZY_E_NO_MEMORY, "seals", ZY_NOWHERE, "no memory for the proposal"));
	}
	ok = ok && save(&p, out, num, err);
	json_decref(p.root);
	json_decref(v);
	return ok;
}

/* A day that has begun would make documents invalid that were sealed in good faith. */
static bool parse_on(const char *text, zy_time now, zy_time *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (!zy_time_from_date(zy_str(text), ZY_BEIJING_S, out, &why) && !zy_time_from_rfc3339(zy_str(text), out, err))
		return false;
	return *out > now || zy_fail(err, ZY_E_USAGE, "on", ZY_NOWHERE,
				 "--on lies in the past; what was sealed since would become invalid");
}

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (n < SEALS_MAX && words[n] != NULL)
		n++;
	return n;
}

bool zy_cmd_seal_retire(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[SEALS_MAX] = { NULL }, *on = NULL, *successor = NULL, *out = NULL;
	const struct zy_option opts[] = { { "on", "DATE|TIME", "from when on nothing is sealed with them", &on, NULL },
		{ "successor", "ESID", "the seal to be used instead", &successor, NULL },
		{ "out", "FILE", "the proposed seals.json", &out, NULL }, { 0 } };
	json_t *v;
	zy_time at;
	bool go;

	if (!zy_cli_parse(c, "seal retire", opts, argc, argv, 1, SEALS_MAX, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (on == NULL || out == NULL)
		return zy_fail(err, ZY_E_USAGE, "seal", ZY_NOWHERE, "give --on and --out");
	if (!parse_on(on, zy_now(c->clock), &at, err))
		return false;
	v = json_pack("{s:o}", "at", zy_time_json(at));
	if (successor != NULL)
		json_object_set_new(v, "successor", json_string(successor));
	return propose(c, words, count(words), "retired", v, out, err);
}

bool zy_cmd_seal_switch_off(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[SEALS_MAX] = { NULL }, *until = NULL, *ground = NULL, *out = NULL;
	const struct zy_option opts[] = { { "until", "TIME", "when they come back, RFC 3339", &until, NULL },
		{ "ground", "TEXT", "the legal ground", &ground, NULL },
		{ "out", "FILE", "the proposed seals.json", &out, NULL }, { 0 } };
	zy_time end;
	bool go;

	if (!zy_cli_parse(c, "seal switch-off", opts, argc, argv, 1, SEALS_MAX, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (until == NULL || ground == NULL || out == NULL)
		return zy_fail(err, ZY_E_USAGE, "seal", ZY_NOWHERE, "give --until, --ground and --out");
	if (!zy_time_from_rfc3339(zy_str(until), &end, err))
		return false;
	return propose(c, words, count(words), "off",
	    json_pack("{s:o, s:o, s:s}", "from", zy_time_json(zy_now(c->clock)), "until", zy_time_json(end), "ground",
		ground),
	    out, err);
}
