/*
 * The one error type. Every function that can fail returns bool, is ZY_MUST_CHECK and takes `err` last.
 * The code is set where the cause is seen, passed on untouched, and mapped to an exit status once, in main.c.
 * A bad document is not an error: verify/ answers it as a finding in a report.
 */
#ifndef ZY_ERROR_H
#define ZY_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* id, stable name for --json, exit status, meaning. Append only: the names are a contract. */
#define ZY_CODES(X)                                                                                                    \
	X(ZY_OK, "ok", 0, "no error")                                                                                  \
	/* bytes and formats */                                                                                        \
	X(ZY_E_TRUNCATED, "truncated", 65, "input ends inside a value")                                                \
	X(ZY_E_TRAILING, "trailing-bytes", 65, "bytes follow the last value")                                          \
	X(ZY_E_TOO_LARGE, "too-large", 65, "a size or a count is over its cap")                                        \
	X(ZY_E_UTF8, "utf8", 65, "text is not well-formed UTF-8")                                                      \
	X(ZY_E_BASE45, "base45", 65, "not strict base45 (RFC 9285)")                                                   \
	X(ZY_E_BASE64, "base64", 65, "not strict base64 (RFC 4648)")                                                   \
	X(ZY_E_HEX, "hex", 65, "not hexadecimal digits")                                                               \
	X(ZY_E_TIME, "time", 65, "not a time in the form asked for")                                                   \
	X(ZY_E_DER, "der", 65, "not distinguished encoding (X.690 10.1)")                                              \
	X(ZY_E_CBOR, "cbor", 65, "not deterministic CBOR (RFC 8949 4.2.1)")                                            \
	X(ZY_E_JSON, "json", 65, "not strict JSON, or not the members asked for")                                      \
	X(ZY_E_XML, "xml", 65, "XML that is not well-formed or uses a refused part (DTD, entity)")                     \
	X(ZY_E_XML_ENCODING, "xml-encoding", 65, "XML that is not UTF-8, UTF-16 or GB18030")                           \
	X(ZY_E_XML_SIGNATURE, "xml-signature", 65, "an XML signature cannot be taken apart, or is of another profile") \
	X(ZY_E_ZIP, "zip", 65, "not a strict ZIP package")                                                             \
	X(ZY_E_OFD, "ofd", 65, "not an OFD document (GB/T 33190)")                                                     \
	X(ZY_E_PDF, "pdf", 65, "not a PDF document (ISO 32000)")                                                       \
	X(ZY_E_SES, "ses", 65, "not an SESeal or SES_Signature (GB/T 38540)")                                          \
	X(ZY_E_CMS, "cms", 65, "not a SignedData of the profile (RFC 5652)")                                           \
	X(ZY_E_TSP, "tsp", 65, "not a time-stamp request, response or token (RFC 3161)")                               \
	X(ZY_E_COSE, "cose", 65, "not a COSE_Sign1 of the profile (RFC 9052)")                                         \
	X(ZY_E_SHOWING, "showing", 65, "not a showing code")                                                           \
	X(ZY_E_CERT, "certificate", 65, "a certificate that cannot be read")                                           \
	X(ZY_E_CRL, "crl", 65, "not a certificate revocation list of the profile (RFC 5280 5)")                        \
	X(ZY_E_OCSP, "ocsp", 65, "not an OCSP message of the profile (RFC 6960)")                                      \
	X(ZY_E_NOTE, "note", 65, "not a signed note, checkpoint or log proof (C2SP)")                                  \
	X(ZY_E_ANSWER, "answer", 65, "not an answer about a day as `show --on --json` gives it")                       \
	X(ZY_E_ORDER, "order", 65, "not an order, or not one of its action")                                           \
	X(ZY_E_KEY, "key", 65, "a public key that cannot be used")                                                     \
	X(ZY_E_KEY_SIZE, "key-size", 65, "an RSA key of too few or too many bits")                                     \
	X(ZY_E_KEY_EXPONENT, "key-exponent", 65, "an RSA key with another exponent than 65537")                        \
	X(ZY_E_KEY_MODULUS, "key-modulus", 65, "the modulus of an RSA key is even, prime or has small factors")        \
	X(ZY_E_CSR, "csr", 65, "not a certification request of the profile (RFC 2986)")                                \
	X(ZY_E_KEY_URI, "key-uri", 65, "not a key name pkcs11:token=TOKEN;object=LABEL (RFC 7512)")                    \
	X(ZY_E_FORMAT, "unknown-format", 65, "input is of no format known here")                                       \
	/* identities and licence data */                                                                              \
	X(ZY_E_CITIZEN, "citizen-number", 65, "not a citizen number (GB 11643)")                                       \
	X(ZY_E_USCC, "credit-code", 65, "not a unified social credit code (GB 32100)")                                 \
	X(ZY_E_IDENTIFIER, "licence-identifier", 65, "not a licence identifier (GB/T 36904)")                          \
	X(ZY_E_HOLDER, "holder", 65, "holder is not KIND:NUMBER of a known kind")                                      \
	X(ZY_E_IDENTITY, "identity", 65, "identity of a subject is not KIND:NUMBER of a known kind")                   \
	X(ZY_E_HOLDER_KIND, "holder-kind", 65, "holder kind does not fit the licence type")                            \
	X(ZY_E_POLICY, "policy", 65, "a policy file with a fault")                                                     \
	X(ZY_E_TYPE_UNKNOWN, "type-unknown", 65, "no licence type of that alias or code")                              \
	X(ZY_E_FIELD_MISSING, "field-missing", 65, "a required field is missing")                                      \
	X(ZY_E_FIELD_UNKNOWN, "field-unknown", 65, "a field that the type does not have")                              \
	X(ZY_E_FIELD_LENGTH, "field-length", 65, "a field is too long or too short")                                   \
	X(ZY_E_FIELD_TYPE, "field-type", 65, "a field is not of its type")                                             \
	X(ZY_E_FIELD_RANGE, "field-range", 65, "a field is outside its allowed values")                                \
	X(ZY_E_DATES, "dates", 65, "an end date lies before its start")                                                \
	X(ZY_E_TERMS, "terms", 65, "the type is not minted on such terms")                                             \
	X(ZY_E_GLYPH, "glyph-missing", 65, "a character has no glyph in the fonts")                                    \
	X(ZY_E_LAYOUT, "layout-overflow", 65, "a text does not fit its box")                                           \
	/* rules and states */                                                                                         \
	X(ZY_E_SEAL_RULE, "seal-not-allowed", 1, "the seal's rule does not allow this")                                \
	X(ZY_E_SEAL_DATE, "seal-date", 1, "the seal is not valid at this time")                                        \
	X(ZY_E_SEAL_COUNT, "seal-count", 1, "the seal has been used as often as its rule allows")                      \
	X(ZY_E_SEAL_RETIRED, "seal-retired", 1, "the seal is retired; its successor is to be used")                    \
	X(ZY_E_SEAL_OFF, "seal-off", 1, "the seal is switched off for a time")                                         \
	X(ZY_E_RULES, "rules-not-approved", 1, "seals.json or officers.json is not what officers approved")            \
	X(ZY_E_APPROVAL_ONE, "approval-one-officer", 1, "fewer than two officers approved")                            \
	X(ZY_E_APPROVAL_SAME, "approval-same-officer", 1, "two approvals by one key")                                  \
	X(ZY_E_APPROVAL_REQUESTER, "approval-requester", 1, "the requester approved, or did not sign")                 \
	X(ZY_E_APPROVAL_ALTERED, "approval-altered", 1, "a signature that does not fit the order")                     \
	X(ZY_E_APPROVAL_EXPIRED, "approval-expired", 1, "the order has expired, or is not yet in force")               \
	X(ZY_E_APPROVAL_DATE, "approval-officer-expired", 1, "a signer's entry in the register is not valid today")    \
	X(ZY_E_APPROVAL_SUBJECT, "approval-subject", 1, "the order is about other bytes")                              \
	X(ZY_E_APPROVAL_REPLACED, "approval-replaced", 1, "the order replaces something that is not in force")         \
	X(ZY_E_APPROVAL_USED, "approval-used", 1, "the order was used before")                                         \
	X(ZY_E_CEREMONY, "ceremony", 1, "a root key is used outside an approved ceremony")                             \
	X(ZY_E_RECORD, "ceremony-record", 1, "a ceremony's record that is not what was signed")                        \
	X(ZY_E_APPROVAL_UNKNOWN, "approval-unknown-officer", 1,                                                        \
	    "a signature of nobody in the register with that role")                                                    \
	X(ZY_E_KEY_USE, "key-use", 1, "the key may not be used for this purpose")                                      \
	X(ZY_E_PROFILE_UNKNOWN, "profile-unknown", 65, "no certificate profile of that name")                          \
	X(ZY_E_PROFILE, "profile", 1, "the certificate profile does not allow this")                                   \
	X(ZY_E_PROOF, "proof-of-possession", 1, "a request that is not signed with its own key")                       \
	X(ZY_E_ISSUER, "issuer", 1, "the issuing certificate cannot vouch for this")                                   \
	X(ZY_E_KEY_STATE, "key-state", 1, "the key's state does not allow this, or not yet, or no longer")             \
	X(ZY_E_REQUEST_CONFLICT, "request-conflict", 1, "the request key was used with other data")                    \
	X(ZY_E_NOT_FOUND, "not-found", 1, "no such licence, version, key or subject")                                  \
	X(ZY_E_LOG_FORK, "log-fork", 1, "a log's key signs no smaller tree, and no other of the same size")            \
	X(ZY_E_TENANT, "tenant", 1, "no such tenant, or not below this one")                                           \
	X(ZY_E_TENANT_RIGHT, "tenant-right", 1, "a tenant above has no right to look here, or only to look")           \
	X(ZY_E_DESTROYED, "destroyed-by-order", 1, "the data was destroyed by a lawful order")                         \
	X(ZY_E_SECRET_TYPE, "secret-type", 1, "a secret type outside its compartment, or another type in it")          \
	X(ZY_E_SECRET_SWITCHED, "secret-switched", 1, "licences of the type lie on the other side of the compartment") \
	X(ZY_E_STATE, "state", 1, "the licence's status does not allow this")                                          \
	X(ZY_E_CLOSED, "document-closed", 1, "a signature of the document allows no further one")                      \
	X(ZY_E_SELF_VERIFY, "self-verify", 70, "what was made does not verify; nothing was released")                  \
	X(ZY_E_TRUST, "trust-bundle", 65, "the trust bundle is not valid or not the pinned one")                       \
	X(ZY_E_EXISTS, "exists", 74, "a file or folder exists already")                                                \
	/* the outside world */                                                                                        \
	X(ZY_E_USAGE, "usage", 64, "the command's words are off")                                                      \
	X(ZY_E_ROOT_ABSENT, "root-absent", 69, "the root tokens are not there")                                        \
	X(ZY_E_SIGNER_ABSENT, "signer-absent", 69, "the signing service does not answer")                              \
	X(ZY_E_SIGNER_BUSY, "signer-busy", 69, "the signing service has too much to do; ask again later")              \
	X(ZY_E_TOKEN, "token", 69, "the token refused or failed")                                                      \
	X(ZY_E_SM2_FORM, "sm2-form", 69, "the token takes or gives SM2 in another form than configured")               \
	X(ZY_E_KEY_EXTRACTABLE, "key-extractable", 69, "a key in the token can be taken out, or could be once")        \
	X(ZY_E_WITNESS, "witness", 69, "a witness of the log could not be asked, or did not sign")                     \
	X(ZY_E_PIN, "pin", 69, "the token's PIN is missing or wrong")                                                  \
	X(ZY_E_CLOCK, "clock", 69, "the clock stepped; no time-stamp is made by it")                                   \
	X(ZY_E_VAULT_ABSENT, "vault-absent", 69, "there is no vault here; run init")                                   \
	X(ZY_E_BUSY, "busy", 69, "another process holds the home's lock")                                              \
	X(ZY_E_VAULT_FORM, "vault-form", 74, "the vault was written by another version of this program")               \
	X(ZY_E_VAULT, "vault", 74, "the vault's store failed")                                                         \
	X(ZY_E_VAULT_FULL, "vault-full", 74, "the vault's map or disk is full")                                        \
	X(ZY_E_VAULT_CORRUPT, "vault-corrupt", 74, "a stored value does not open under its key")                       \
	X(ZY_E_JOURNAL, "journal", 74, "a signer's journal was changed, or cut off")                                   \
	X(ZY_E_LOG, "log", 74, "the transparency log does not hold with its past, or with the vault")                  \
	X(ZY_E_FILE_CHANGED, "file-changed", 74, "a file was altered while it was looked at")                          \
	X(ZY_E_HOME_FILE, "home-file", 74, "a file of the home is not what was written there, or of nobody")           \
	X(ZY_E_BACKUP, "backup", 74, "a backup that is not whole, not of this home, or older than it must be")         \
	X(ZY_E_IO, "io", 74, "a file could not be read or written")                                                    \
	X(ZY_E_FONT, "font", 69, "a font file is missing or unusable")                                                 \
	X(ZY_E_CRYPTO, "crypto", 70, "the cryptographic library failed")                                               \
	X(ZY_E_NO_MEMORY, "no-memory", 70, "out of memory, or over an arena's cap")                                    \
	X(ZY_E_BUG, "bug", 70, "our own mistake")

#define ZY_CODE_ID(id, name, status, meaning) id,
enum zy_code { ZY_CODES(ZY_CODE_ID) ZY_NUM_CODES };
#undef ZY_CODE_ID

#define ZY_NOWHERE SIZE_MAX

/* The caller's; start with { 0 }; owns nothing; the first cause wins (a set error is not overwritten). */
struct zy_error {
	enum zy_code code;
	const char *field; /* static string or storage that outlives the error: standard's own name */
	size_t offset;     /* byte in the outermost input, or ZY_NOWHERE */
	char msg[224];     /* one sentence that says what to fix; never a secret, never a personal number */
};

#define ZY_MUST_CHECK __attribute__((warn_unused_result))

/*
 * zy_fail(err, code, field, offset, format, ...) sets *err (unless it is set already) and is always false:
 * `return zy_fail(err, ...)`. A macro around zy_fail_set only so that compilers know that it is false.
 */
bool zy_fail_set(struct zy_error *err, enum zy_code code, const char *field, size_t offset, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), nonnull(1, 3, 5)));
static inline bool zy_false(bool ignored)
{
	(void)ignored;
	return false;
}
#define zy_fail(...) zy_false(zy_fail_set(__VA_ARGS__))

/* zy_fail_openssl is zy_fail with OpenSSL's queue drained into the message and left empty. */
bool zy_fail_openssl(struct zy_error *err, enum zy_code code, const char *field, const char *what);

const char *zy_code_name(enum zy_code code);
const char *zy_code_meaning(enum zy_code code);
int zy_code_exit(enum zy_code code);
/* zy_code_from_name gives ZY_E_BUG for a name that is not in the table (an answer from a newer peer). */
enum zy_code zy_code_from_name(const char *name);

#endif
