/* ca: what the home's authorities do; one row for each verb. */
#include "cli.h"

const struct zy_cmd zy_ca_cmds[] = {
	{ "ca issue",
	    "--profile NAME --csr FILE|- [--suite gm|intl] [--subject O=...,CN=...] "
	    "[--identity KIND:NUMBER,...] [--days N] [--request KEY] [--out FILE] | --batch FILE|-",
	    "a certificate for a request (PKCS#10)", zy_cmd_ca_issue,
	    "A request is DER or PEM, signed with its own key (SM2: with the ID 1234567812345678). Its key, names\n"
	    "and extensions are held against the profile, see profiles.json in the policies; a department's\n"
	    "credit code comes from departments.json. The certificate is PEM, in FILE or on standard output. A\n"
	    "batch line: {\"profile\": NAME, \"csr\": PEM, \"subject\": ..., \"identity\": ..., \"days\": N, \"request\": KEY},\n"
	    "the last four optional; a refused line does not stop the others, and makes the exit status 1. The same request with\n"
	    "the same key is answered by the certificate that was issued before.\n"
	    "\n"
	    "--identity adds numbers of the subject that you have checked, as extensions of GM/T 0015: citizen,\n"
	    "officer-card, passport, insurance, registration, tax, those that the profile lists. Who gets the\n"
	    "certificate can read them.\n"
	    "\n"
	    "  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out csr.pem \\\n"
	    "    -subj '/O=云泽市交通运输局/CN=desk-7'\n"
	    "  zhengyin ca issue --profile device --csr csr.pem --out cert.pem\n" },
	{ "ca list", "", "every certificate of the register", zy_cmd_ca_list, NULL },
	{ "ca renew", "SERIAL [--days N] [--out FILE]", "a new certificate with the same names and key",
	    zy_cmd_ca_renew, "SERIAL as `ca list` shows it. The old certificate stays valid until it ends.\n" },
	{ "ca revoke",
	    "SERIAL --reason CODE [--invalidity-date TIME] | --rule FILE [--order ORDER] [--digits 0|1|2] [--out DIR]",
	    "revoke a certificate, or all that a rule picks, for good", zy_cmd_ca_revoke,
	    "CODE is a reason of RFC 5280: keyCompromise, superseded, cessationOfOperation, affiliationChanged,\n"
	    "privilegeWithdrawn, cACompromise, aACompromise, unspecified. The register and\n"
	    "OCSP answers know it at once, lists with the next `ca crl`. Answers signed ahead (`ca ocsp --presign`)\n"
	    "are taken away before and made anew after, in every folder they were written to.\n"
	    "\n"
	    "--rule alone says how many certificates the rule would revoke. With --order, approved by two officers\n"
	    "over exactly this file, they are revoked and the lists published; what was cut off is finished by the\n"
	    "same command. The file is JSON: `reason`, `invalidity_date` if one is known, and what a certificate\n"
	    "must have: `issuer` (root-gm, issuing-intl, its second generation issuing-intl~2, ...), `profile`, `organisation` (credit\n"
	    "code), `key` (SHA-256 of SubjectPublicKeyInfo), `serials`, `issued_from`, `issued_to`.\n"
	    "\n"
	    "  echo '{\"issuer\": \"issuing-intl\", \"profile\": \"device\", \"reason\": \"superseded\"}' > rule.json\n"
	    "  zhengyin ca revoke --rule rule.json\n"
	    "  zhengyin approve request revoke-many rule.json --as requester-1 --purpose TEXT --out revoke.order\n"
	    "  zhengyin approve sign revoke.order --as officer-1       and officer-2\n"
	    "  zhengyin ca revoke --rule rule.json --order revoke.order\n" },
	{ "ca crl", "[--suite gm|intl] [--digits 0|1|2] [--days N] [--out DIR]",
	    "publish the lists of revoked certificates", zy_cmd_ca_crl,
	    "Writes the CRLs of the issuing authority of both suites, or of one, into DIR (HOME/crl), good for\n"
	    "7 days; those of the roots are made in ceremonies, see `zhengyin ceremony --help`. A list leaves only\n"
	    "when it holds every revoked certificate. --digits 1 or 2 makes a list for\n"
	    "each beginning of a serial instead; without it crl_digits of profiles.json counts. Where profiles.json\n"
	    "has the address of the folder, certificates name it (cRLDistributionPoints), and so do their lists.\n"
	    "\n"
	    "  zhengyin ca crl --out /srv/www/crl\n" },
	{ "ca ocsp", "--request FILE|- --out FILE|- | --presign [--out DIR]", "answer an OCSP request (RFC 6960)",
	    zy_cmd_ca_ocsp,
	    "Answers one request, DER, as of now and good for ten minutes, for certificates of the issuing\n"
	    "authorities. --presign writes SERIAL.ocsp for each of them into DIR (HOME/ocsp), good for a day; `ca revoke`\n"
	    "finds them there. Serve that folder itself: a copy of it goes on saying good.\n"
	    "\n"
	    "  openssl ocsp -issuer HOME/pki/issuing-intl.pem -cert cert.pem -reqout q.der\n"
	    "  zhengyin ca ocsp --request q.der --out a.der\n" },
	{ "ca tsa",
	    "--request FILE|- --out FILE|-, or --requests DIR --out DIR [--suite gm|intl] [--policy OID] [--force]",
	    "answer a time-stamp request (RFC 3161)", zy_cmd_ca_tsa,
	    "Reads a TimeStampReq and writes a TimeStampResp, both in DER. What is refused is answered by a\n"
	    "rejection with failInfo in the same file, and is the command's error. genTime has microseconds and\n"
	    "rises from token to token; a clock that steps gives no time-stamps (code clock). The default policy\n"
	    "is of the example arc 2.999: a real authority names its own.\n"
	    "--requests answers every NAME.tsq of a folder in OUT/NAME.tsr, in groups that are signed together,\n"
	    "with a line for each; what has an answer is passed over, so the command can be run again.\n"
	    "\n"
	    "  openssl ts -query -data FILE -sha256 -cert -out q.tsq\n"
	    "  zhengyin ca tsa --request q.tsq --out q.tsr\n"
	    "  openssl ts -verify -queryfile q.tsq -in q.tsr -CAfile HOME/pki/root-intl.pem\n" },
	{ "ca timestamp", "FILE --out FILE|- [--suite gm|intl] [--policy OID] [--force]",
	    "a time-stamp token for a file", zy_cmd_ca_timestamp,
	    "Makes the request itself (SHA-256, or SM3 with --suite gm) and writes the TimeStampToken alone.\n" },
	{ 0 },
};

bool zy_cmd_ca(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(c, zy_ca_cmds, "what the home's authorities do", argc, argv, err);
}
