#include "pdf_handles.h"

#include <string.h>

qpdf_oh pdf_handle_get(struct pdf_handles *p, qpdf_oh dict, const char *key)
{
	return qpdf_oh_get_key_if_dict(p->q, dict, key);
}

int pdf_handles_num_items(struct pdf_handles *p, qpdf_oh array)
{
	return qpdf_oh_is_array(p->q, array) ? qpdf_oh_get_array_n_items(p->q, array) : 0;
}

/* Whether a /Size that is not exact hides anything, the reader of our own has judged: qpdf warns of any. */
static bool is_about_size(const char *warning)
{
	static const char head[] = "reported number of objects (";

	return strncmp(warning, head, sizeof(head) - 1) == 0;
}

static qpdf_error next_complaint(struct pdf_handles *p)
{
	if (qpdf_has_error(p->q))
		return qpdf_get_error(p->q);
	while (qpdf_more_warnings(p->q)) {
		qpdf_error e = qpdf_next_warning(p->q);

		if (!is_about_size(qpdf_get_error_message_detail(p->q, e)))
			return e;
	}
	return NULL;
}

/* Anything else that qpdf complains about means that two readers may see two documents. */
bool pdf_handles_check_quiet(struct pdf_handles *p, struct zy_error *err)
{
	qpdf_error e = next_complaint(p);
	size_t at;

	if (e == NULL)
		return true;
	at = (size_t)qpdf_get_error_file_position(p->q, e);
	return zy_fail(err, ZY_E_PDF, "PDF", at <= p->in.len ? at : ZY_NOWHERE, "the file is damaged: %s",
	    qpdf_get_error_message_detail(p->q, e));
}

bool pdf_handles_open(struct pdf_handles *p, struct zy_error *err)
{
	char path[32];

	if ((p->q = qpdf_init()) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "PDF", ZY_NOWHERE, "no memory");
	qpdf_set_suppress_warnings(p->q, QPDF_TRUE);
	qpdf_silence_errors(p->q);
	qpdf_set_attempt_recovery(p->q, QPDF_FALSE);
	if (zy_mapped_path(p->in, path))
		(void)qpdf_read(p->q, path, NULL);
	else
		(void)qpdf_read_memory(p->q, "input", (const char *)p->in.p, p->in.len, NULL);
	if (!pdf_handles_check_quiet(p, err))
		return false;
	/* An encrypted file cannot be judged by its bytes, and PDF/A forbids it (ISO 19005-3 6.1.3). */
	if (qpdf_is_encrypted(p->q) || qpdf_oh_has_key(p->q, qpdf_get_trailer(p->q), "/Encrypt"))
		return zy_fail(err, ZY_E_PDF, "Encrypt", ZY_NOWHERE, "the file is encrypted");
	return true;
}
