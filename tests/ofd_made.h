/* An unsigned OFD document with every kind of reference that the reader follows. */
#ifndef OFD_MADE_H
#define OFD_MADE_H

#include <stdlib.h>

#include "zy/ofd.h"

#define OFD_NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""

struct ofd_made_file {
	const char *name, *text;
};

static const struct ofd_made_file ofd_made_files[] = {
	{ "OFD.xml",
	    "<ofd:OFD " OFD_NS " Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>"
	    "<ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID><ofd:Title>营业执照</ofd:Title>"
	    "<ofd:CreationDate>2026-03-01</ofd:CreationDate><ofd:CustomDatas>"
	    "<ofd:CustomData Name=\"ZZMC\">营业执照</ofd:CustomData><ofd:CustomData Name=\"KZ_dz\"> 云泽市 &amp; 1 号"
	    "</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
	    "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>" },
	{ "Doc_0/Document.xml",
	    "<ofd:Document " OFD_NS "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID>"
	    "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>/Doc_0/DocumentRes.xml</ofd:DocumentRes>"
	    "<ofd:TemplatePage ID=\"8\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/></ofd:CommonData>"
	    "<ofd:Pages><ofd:Page ID=\"5\" BaseLoc=\"Pages/Page_0/Content.xml\"/>"
	    "<Page ID=\"6\" BaseLoc=\"Pages/Page_1/Content.xml\"/></ofd:Pages>"
	    "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>Tags/CustomTags.xml</"
	    "ofd:CustomTags>"
	    "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>" },
	{ "Doc_0/PublicRes.xml",
	    "<ofd:Res " OFD_NS " BaseLoc=\"Res/\"><ofd:ColorSpaces><ofd:ColorSpace ID=\"2\" Type=\"RGB\" "
	    "Profile=\"srgb.icc\"/></ofd:ColorSpaces><ofd:Fonts><ofd:Font ID=\"3\" FontName=\"zy\">"
	    "<ofd:FontFile>font_3.otf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>" },
	{ "Doc_0/DocumentRes.xml",
	    "<ofd:Res " OFD_NS "><ofd:MultiMedias><ofd:MultiMedia ID=\"4\" Type=\"Image\">"
	    "<ofd:MediaFile>Res/image_4.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>" },
	{ "Doc_0/Res/font_3.otf", "a font" },
	{ "Doc_0/Res/srgb.icc", "a profile" },
	{ "Doc_0/Res/image_4.png", "an image" },
	{ "Doc_0/Tpls/Tpl_0/Content.xml", "<ofd:Page " OFD_NS "/>" },
	{ "Doc_0/Pages/Page_0/Content.xml", "<ofd:Page " OFD_NS "><ofd:Content/></ofd:Page>" },
	{ "Doc_0/Pages/Page_1/Content.xml", "<ofd:Page " OFD_NS "><ofd:PageRes>PageRes.xml</ofd:PageRes></ofd:Page>" },
	{ "Doc_0/Pages/Page_1/PageRes.xml",
	    "<Res><MultiMedias><MultiMedia><MediaFile>page.png</MediaFile></MultiMedia></MultiMedias></Res>" },
	{ "Doc_0/Pages/Page_1/page.png", "an image of the page" },
	{ "Doc_0/Annots/Annotations.xml",
	    "<ofd:Annotations " OFD_NS "><ofd:Page PageID=\"5\"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc>"
	    "</ofd:Page></ofd:Annotations>" },
	{ "Doc_0/Annots/Page_0/Annotation.xml", "<ofd:PageAnnot " OFD_NS "/>" },
	{ "Doc_0/Tags/CustomTags.xml",
	    "<ofd:CustomTags " OFD_NS "><ofd:CustomTag TypeID=\"licence\"><ofd:FileLoc>Tag.xml</ofd:FileLoc>"
	    "</ofd:CustomTag></ofd:CustomTags>" },
	{ "Doc_0/Tags/Tag.xml", "<tag/>" },
	{ "Doc_0/Attachs/Attachments.xml",
	    "<ofd:Attachments " OFD_NS
	    "><ofd:Attachment ID=\"7\" Name=\"licence.xml\" Format=\"XML\" Visible=\"false\">"
	    "<ofd:FileLoc>licence.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>" },
	{ "Doc_0/Attachs/licence.xml", "<licence/>" },
};
#define OFD_MADE_NUM (sizeof(ofd_made_files) / sizeof(ofd_made_files[0]))

static inline bool ofd_made(struct zy_package *p, struct zy_error *err)
{
	static struct zy_arena arena;

	zy_arena_free(&arena);
	*p = (struct zy_package){ .arena = &arena };
	for (size_t i = 0; i < OFD_MADE_NUM; i++)
		if (!zy_package_add(p, ofd_made_files[i].name, zy_str(ofd_made_files[i].text), err))
			return false;
	return true;
}

/* Gives one file of it other contents, or adds the file. */
static inline void ofd_made_put(struct zy_package *p, const char *name, const char *text)
{
	struct zy_error err = { 0 };

	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, name) == 0) {
			p->files[i].bytes = zy_str(text);
			return;
		}
	if (!zy_package_add(p, name, zy_str(text), &err))
		abort();
	p->files[p->num_files - 1].fresh = false;
}

static inline void ofd_made_drop(struct zy_package *p, const char *name)
{
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, name) == 0) {
			p->files[i] = p->files[--p->num_files];
			return;
		}
}

/* A signature over two files, with what a vendor may write otherwise: relative paths, StampAnnot before References. */
#define OFD_MADE_SIGNATURES                                                                                            \
	"<ofd:Signatures " OFD_NS "><ofd:MaxSignId>1</ofd:MaxSignId>"                                                  \
	"<ofd:Signature ID=\"s001\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>"
#define OFD_MADE_SIGNATURE_WITH(references)                                                                            \
	"<ofd:Signature " OFD_NS "><ofd:SignedInfo><ofd:Provider ProviderName=\"zhengyin\"/>"                          \
	"<ofd:SignatureMethod> 1.2.156.10197.1.501 </ofd:SignatureMethod>"                                             \
	"<ofd:SignatureDateTime>20260301000000Z</ofd:SignatureDateTime>"                                               \
	"<ofd:StampAnnot ID=\"1\" PageRef=\"5\" Boundary=\"150 200.5 42 -42.25\" Clip=\"0 0 1 1\"/>"                   \
	"<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>" references                                          \
	"</ofd:SignedInfo><ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
#define OFD_MADE_REFERENCE(path)                                                                                       \
	"<ofd:Reference FileRef=\"" path "\"><ofd:CheckValue>AQID</ofd:CheckValue></ofd:Reference>"
#define OFD_MADE_REFERENCES                                                                                            \
	"<ofd:References CheckMethod=\"SM3\">" OFD_MADE_REFERENCE("/OFD.xml")                                          \
	    OFD_MADE_REFERENCE("/Doc_0/None.xml") "</ofd:References>"

static inline void ofd_made_sign(struct zy_package *p)
{
	ofd_made_put(p, "Doc_0/Signs/Signatures.xml", OFD_MADE_SIGNATURES);
	ofd_made_put(p, "Doc_0/Signs/Sign_0/Signature.xml", OFD_MADE_SIGNATURE_WITH(OFD_MADE_REFERENCES));
	ofd_made_put(p, "Doc_0/Signs/Sign_0/Seal.esl", "a seal");
	ofd_made_put(p, "Doc_0/Signs/Sign_0/SignedValue.dat", "a signature");
}

#endif
