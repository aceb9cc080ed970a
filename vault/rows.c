#include "rows.h"

#include <inttypes.h>

#include "zy/cbor.h"

enum {
	VAULT_FORM = 8
}; /* 3: the tenant is the first field of every key; 5: files are packed; 6: events have legal time; 7: files are packed
      against what versions have in common */

static bool number(struct zy_reader *r, const char *field, uint64_t *out, struct zy_error *err)
{
	return zy_cbor_uint(r, UINT64_MAX, field, out, err);
}

void zy_row_vault_encode(const struct zy_row_vault *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 5);
	zy_cbor_put_uint(out, VAULT_FORM);
	zy_cbor_put_uint(out, row->suite);
	zy_cbor_put_bstr(out, row->wrapped_index);
	zy_cbor_put_bstr(out, row->wrapped_vault);
	zy_cbor_put_bstr(out, row->probe);
}

bool zy_row_vault_parse(struct zy_row_vault *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_vault row = { 0 };
	uint64_t form, suite;

	if (!zy_cbor_array_exact(&r, 5, "vault", err) || !number(&r, "vault.form", &form, err) ||
	    !zy_cbor_uint(&r, ZY_SUITE_INTL, "vault.suite", &suite, err) ||
	    !zy_cbor_bstr(&r, ZY_WRAPPED_MAX, "vault.index", &row.wrapped_index, err) ||
	    !zy_cbor_bstr(&r, ZY_WRAPPED_MAX, "vault.key", &row.wrapped_vault, err) ||
	    !zy_cbor_bstr(&r, ZY_WRAPPED_MAX, "vault.probe", &row.probe, err) || !zy_reader_end(&r, "vault", err))
		return false;
	if (form != VAULT_FORM)
		return zy_fail(err, ZY_E_VAULT_FORM, "vault.form", 1,
		    "the vault is of form %" PRIu64 ", not of form %d: this program cannot read it", form, VAULT_FORM);
	row.suite = (enum zy_suite)suite;
	*out = row;
	return true;
}

void zy_row_subject_encode(const struct zy_row_subject *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 3);
	zy_cbor_put_bstr(out, row->key_id);
	zy_cbor_put_bstr(out, row->wrapped);
	zy_cbor_put_bstr(out, row->holder);
}

bool zy_row_subject_parse(struct zy_row_subject *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_subject row;

	if (!zy_cbor_array_exact(&r, 3, "subject", err) ||
	    !zy_cbor_bstr_exact(&r, ZY_DATA_KEY_ID_LEN, "subject.key", &row.key_id, err) ||
	    !zy_cbor_bstr(&r, ZY_WRAPPED_MAX, "subject.wrapped", &row.wrapped, err) ||
	    !zy_cbor_bstr(&r, ZY_WRAPPED_MAX, "subject.holder", &row.holder, err) || !zy_reader_end(&r, "subject", err))
		return false;
	*out = row;
	return true;
}

void zy_row_licence_encode(const struct zy_row_licence *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 2);
	zy_cbor_put_uint(out, row->number);
	zy_cbor_put_uint(out, row->subject);
}

bool zy_row_licence_parse(struct zy_row_licence *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_licence row;

	if (!zy_cbor_array_exact(&r, 2, "licence", err) || !number(&r, "licence.number", &row.number, err) ||
	    !number(&r, "licence.subject", &row.subject, err) || !zy_reader_end(&r, "licence", err))
		return false;
	*out = row;
	return true;
}

void zy_row_version_encode(const struct zy_row_version *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 7);
	zy_cbor_put_uint(out, row->seq);
	zy_cbor_put_int(out, row->recorded_at);
	zy_cbor_put_int(out, row->valid_from);
	zy_cbor_put_int(out, row->valid_to);
	zy_cbor_put_uint(out, row->record_len);
	zy_cbor_put_uint(out, row->common);
	zy_cbor_put_array(out, 3 * row->num_files);
	for (size_t i = 0; i < row->num_files; i++) {
		zy_cbor_put_uint(out, row->files[i].form);
		zy_cbor_put_uint(out, row->files[i].len);
		zy_cbor_put_uint(out, row->files[i].packed);
	}
}

static bool files_parse(struct zy_reader *r, struct zy_row_version *row, struct zy_error *err)
{
	uint64_t form, len, packed;
	size_t num, at;

	at = zy_reader_offset(r);
	if (!zy_cbor_array(r, (size_t)3 * ZY_VERSION_FILES_MAX, "version.files", &num, err))
		return false;
	if (num % 3 != 0)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "version.files", at, "a file without its lengths");
	row->num_files = num / 3;
	for (size_t i = 0; i < row->num_files; i++) {
		if (!zy_cbor_uint(r, 255, "version.form", &form, err) ||
		    !zy_cbor_uint(r, ZY_VERSION_FILE_MAX, "version.length", &len, err) ||
		    !zy_cbor_uint(r, ZY_PACKED_MAX, "version.packed", &packed, err))
			return false;
		row->files[i].form = (unsigned)form;
		row->files[i].len = (size_t)len;
		row->files[i].packed = (size_t)packed;
	}
	return true;
}

bool zy_row_version_parse(struct zy_row_version *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_version row = { 0 };
	uint64_t len;

	if (!zy_cbor_array_exact(&r, 7, "version", err) || !number(&r, "version.seq", &row.seq, err) ||
	    !zy_cbor_int(&r, "version.recorded_at", &row.recorded_at, err) ||
	    !zy_cbor_int(&r, "version.valid_from", &row.valid_from, err) ||
	    !zy_cbor_int(&r, "version.valid_to", &row.valid_to, err) ||
	    !zy_cbor_uint(&r, ZY_VERSION_RECORD_MAX, "version.record", &len, err) ||
	    !number(&r, "version.common", &row.common, err) || !files_parse(&r, &row, err) ||
	    !zy_reader_end(&r, "version", err))
		return false;
	row.record_len = (size_t)len;
	*out = row;
	return true;
}

void zy_row_status_encode(const struct zy_row_status *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 3);
	zy_cbor_put_int(out, row->at);
	zy_cbor_put_uint(out, row->status);
	zy_cbor_put_tstr(out, row->reason);
}

bool zy_row_status_parse(struct zy_row_status *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_status row;
	uint64_t status;

	if (!zy_cbor_array_exact(&r, 3, "status", err) || !zy_cbor_int(&r, "status.at", &row.at, err) ||
	    !zy_cbor_uint(&r, ZY_NUM_STATUS - 1, "status.status", &status, err) ||
	    !zy_cbor_tstr(&r, ZY_REASON_MAX, "status.reason", &row.reason, err) || !zy_reader_end(&r, "status", err))
		return false;
	row.status = (enum zy_status)status;
	*out = row;
	return true;
}

void zy_row_intent_encode(const struct zy_row_intent *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 5);
	zy_cbor_put_bstr(out, row->asked);
	zy_cbor_put_int(out, row->at);
	zy_cbor_put_uint(out, row->serial);
	zy_cbor_put_uint(out, row->seq);
	zy_cbor_put_uint(out, row->done);
}

bool zy_row_intent_parse(struct zy_row_intent *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_intent row;

	if (!zy_cbor_array_exact(&r, 5, "intent", err) ||
	    !zy_cbor_bstr_exact(&r, ZY_HASH_LEN, "intent.asked", &row.asked, err) ||
	    !zy_cbor_int(&r, "intent.at", &row.at, err) || !number(&r, "intent.serial", &row.serial, err) ||
	    !number(&r, "intent.seq", &row.seq, err) || !number(&r, "intent.done", &row.done, err) ||
	    !zy_reader_end(&r, "intent", err))
		return false;
	*out = row;
	return true;
}

void zy_row_event_encode(const struct zy_row_event *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 9);
	zy_cbor_put_int(out, row->at);
	zy_cbor_put_uint(out, row->what);
	zy_cbor_put_tstr(out, row->name);
	zy_cbor_put_uint(out, row->number);
	zy_cbor_put_tstr(out, row->reason);
	zy_cbor_put_bstr(out, row->digest);
	zy_cbor_put_uint(out, row->subject);
	zy_cbor_put_int(out, row->from);
	zy_cbor_put_uint(out, row->nth);
}

bool zy_row_event_parse(struct zy_row_event *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_event row = { 0 };
	uint64_t what;

	if (!zy_cbor_array_exact(&r, 9, "event", err) || !zy_cbor_int(&r, "event.at", &row.at, err) ||
	    !zy_cbor_uint(&r, ZY_NUM_EVENTS - 1, "event.what", &what, err) ||
	    !zy_cbor_tstr(&r, ZY_ABOUT_MAX, "event.name", &row.name, err) ||
	    !number(&r, "event.number", &row.number, err) ||
	    !zy_cbor_tstr(&r, ZY_REASON_MAX, "event.reason", &row.reason, err) ||
	    !zy_cbor_bstr(&r, ZY_HASH_LEN, "event.digest", &row.digest, err) ||
	    !number(&r, "event.subject", &row.subject, err) || !zy_cbor_int(&r, "event.from", &row.from, err) ||
	    !number(&r, "event.nth", &row.nth, err) || !zy_reader_end(&r, "event", err))
		return false;
	if (row.digest.len != 0 && row.digest.len != ZY_HASH_LEN)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "event.digest", ZY_NOWHERE, "a digest of another length");
	row.what = (enum zy_event_what)what;
	*out = row;
	return true;
}

bool zy_row_number_parse(uint64_t *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	uint64_t v;

	if (!zy_take_be(&r, 8, "number", &v, err) || !zy_reader_end(&r, "number", err))
		return false;
	*out = v;
	return true;
}
