/*
 * The structure of an OFD document (GB/T 33190-2016): what a judge and a signer need, not the drawing. Read from a
 * parsed package; all texts are in the arena, files are those of the package. Paths are package paths without the
 * leading '/', resolved from ST_Loc (absolute, or relative to the folder of the file that holds the reference).
 * Local names are matched in the namespaces http://www.ofdspec.org/2016, http://www.ofdspec.org and none.
 *
 * Only OFD.xml must be readable. Any other file that the document refers to and that is absent, is no safe XML or
 * breaks the rules is listed in `faults`: altered documents are for verify/ to judge, not a failure to read.
 * Not done here: no digest, no signature, no judgement of what must be covered.
 */
#ifndef ZY_OFD_H
#define ZY_OFD_H

#include "zy/package.h"

#define ZY_OFD_SIGNATURES_MAX 32
#define ZY_OFD_BODIES_MAX 16
#define ZY_OFD_PAGES_MAX 20000
#define ZY_OFD_ATTACHMENTS_MAX 4096
#define ZY_OFD_CUSTOM_DATAS_MAX 4096
#define ZY_OFD_STAMPS_MAX 20000
#define ZY_OFD_FAULTS_MAX 64
#define ZY_OFD_XML_MAX ((size_t)8 << 20) /* bytes of one XML file of the package */
#define ZY_OFD_LICENCE_XML "licence.xml" /* name of the attachment that holds a licence's record */

struct zy_ofd_custom_data {
	const char *name, *value;
};
struct zy_ofd_page {
	const char *ID, *path;
	const struct zy_package_file *file; /* Content.xml, NULL when absent */
	size_t body;                        /* whose page: index into bodies */
};
struct zy_ofd_attachment {
	const char *ID, *name, *format, *path; /* "" when absent */
	const struct zy_package_file *file;    /* NULL when absent */
};

struct zy_ofd_reference {
	const char *path;                   /* FileRef, resolved */
	const struct zy_package_file *file; /* NULL when the package has no such file */
	struct zy_bytes CheckValue;         /* decoded */
};
struct zy_ofd_stamp {
	const char *ID, *PageRef;
	double boundary[4]; /* x y w h, mm */
	bool has_clip;
	double clip[4]; /* relative to boundary */
	bool no_place;  /* Boundary or Clip is absent or no box: both are zero */
};
enum zy_ofd_signature_type { ZY_OFD_SEAL, ZY_OFD_SIGN }; /* Seal is the default when Type is absent */
struct zy_ofd_signature {
	const char *ID;
	enum zy_ofd_signature_type type;
	size_t body;                        /* whose Signatures.xml lists it */
	const char *path;                   /* of Signature.xml */
	const struct zy_package_file *file; /* its raw bytes are the original (原文); NULL when absent */
	/* What follows is empty when Signature.xml could not be read: `fault` then says why (else ZY_OK). Two
	 * References elements or a CheckValue that is no base64 are such a fault; too-large and unknown-format say that
	 * it may be sound and is not read here. */
	struct zy_error fault;
	const char *ProviderName, *SignatureMethod, *SignatureDateTime; /* texts as given, "" when absent */
	const char *CheckMethod;                                        /* "" when absent */
	size_t num_references, num_stamps;
	const struct zy_ofd_reference *references;
	const struct zy_ofd_stamp *stamps;
	const char *signed_value_path, *seal_path;         /* seal_path "" when there is no Seal element */
	const struct zy_package_file *signed_value, *seal; /* NULL when absent */
	const struct zy_package_file *image;               /* drawn instead of the seal's own picture; NULL: none */
};

struct zy_ofd_fault {
	const char *path; /* the file that is absent or at fault */
	struct zy_error why;
	bool of_document; /* a file of a document, not of its signatures */
	bool is_absent;   /* such a file, which may never have been there */
};

/* One document of the package: a DocBody of OFD.xml. */
struct zy_ofd_body {
	const char *doc_root;                     /* path of Document.xml */
	const char *area;                         /* PhysicalBox of its pages as written, "" when there is none */
	const char *signatures_path;              /* path of Signatures.xml, "" when OFD.xml names none */
	const struct zy_package_file *signatures; /* NULL when absent */
};

struct zy_ofd {
	const struct zy_package *package;                            /* borrowed */
	const char *DocID, *Title, *Author, *CreationDate, *Creator; /* of the first document, "" when absent */
	size_t num_custom_datas;                                     /* of all documents, as all that follows */
	struct zy_ofd_custom_data *custom_datas;
	size_t num_bodies;
	struct zy_ofd_body bodies[ZY_OFD_BODIES_MAX];
	size_t num_pages, num_attachments, num_signatures, num_faults;
	struct zy_ofd_page *pages; /* in page order, document by document */
	struct zy_ofd_attachment *attachments;
	struct zy_ofd_signature
	    signatures[ZY_OFD_SIGNATURES_MAX]; /* document by document, in the order of Signatures.xml */
	struct zy_ofd_fault faults[ZY_OFD_FAULTS_MAX];
	/* For the file package->files[i] of those that were there when it was parsed: reachable from OFD.xml (itself
	 * included); the others are files that nothing refers to. documents: bit k, it is part of bodies[k], so part of
	 * what its signatures are about; OFD.xml is part of all. The reachable rest is Signatures.xml and the files of
	 * the signatures. */
	bool *reachable;
	uint16_t *documents;
};

/* p and a must outlive out. Errors: ofd (no OFD.xml, no DocBody, one without DocRoot), xml, utf8, too-large, no-memory;
 * field is the path of the file. */
ZY_MUST_CHECK bool zy_ofd_parse(struct zy_ofd *out, struct zy_package *p, struct zy_arena *a, struct zy_error *err);

/* The attachment named licence.xml, NULL if there is none; ambiguous (two of that name) is NULL too. */
const struct zy_ofd_attachment *zy_ofd_licence_xml(const struct zy_ofd *d);

/* The Reference of the signature to that file of the package, NULL if there is none. */
const struct zy_ofd_reference *zy_ofd_reference(const struct zy_ofd_signature *g, const struct zy_package_file *file);
/* The signature that covers that file of the package, and so closes the document when it is a Signatures.xml: no
 * further one can be listed there (整体保护). NULL: none. */
const struct zy_ofd_signature *zy_ofd_covered_by(const struct zy_ofd *d, const struct zy_package_file *file);

/* Where pages[page] lies, x y w h in mm: its own PhysicalBox, or its document's. Its upper left corner is what the
 * boxes of objects and stamps count from. Errors: ofd, xml, no-memory. */
ZY_MUST_CHECK bool zy_ofd_page_box(const struct zy_ofd *d, size_t page, double box[4], struct zy_error *err);

/* ST_Loc `loc` as written in file `from`, to a package path in the arena, without "." and ".."; empty segments, and
 * what leads out of the package, are refused. Errors: ofd, no-memory. */
ZY_MUST_CHECK bool zy_ofd_resolve(
    const char *from, const char *loc, struct zy_arena *a, const char **out, struct zy_error *err);

#endif
