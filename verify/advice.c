/* What the person at the counter does about a finding: by its code where that says more, else by its sub-indication. */
#include "internal.h"

struct row {
	const char *key; /* code or sub-indication */
	struct zy_advice advice;
};

static const struct row by_code[] = {
	{ "trust-absent", { "Get the city's trust bundle and its pin, and check again with --trust.",
			      "请取得本市信任包及其指纹，用 --trust 重新验证。" } },
	{ "trust-not-pinned", { "Compare the bundle with the pin that the operator gives out by another way, once.",
				  "请将信任包与运营者另行公布的指纹核对一次。" } },
	{ "trust-not-loaded", { "Replace the bundle that cannot be used, or check without it.",
				  "请更换无法使用的信任包，或不带该信任包重新验证。" } },
	{ "trust-too-old", { "Fetch the current trust bundle and check again.", "请下载最新的信任包后重新验证。" } },
	{ "log-unknown", { "Use a trust bundle that names the log, or leave the proof aside.",
			     "请使用列有该日志的信任包，或不采用此证明。" } },
	{ "log-consistency",
	    { "Ask whoever keeps the log for a new proof (zhengyin log prove --from); keep both files.",
		"请向日志维护方索取新的证明（zhengyin log prove --from），并保存两份文件。" } },
	{ "log-split", { "Keep both files: together they prove it. Tell the authority that supervises the log.",
			   "请保存两份文件，二者合在一起即为证据；并告知日志的监督机关。" } },
	{ "log-witness-few",
	    { "Ask for a proof with a checkpoint that more witnesses signed (`log prove`), or wait for one.",
		"请索取由更多见证方签署的检查点及证明，或稍后再验。" } },
	{ "log-witness-signature",
	    { "Keep this proof: the log may show different people different histories. Ask its witness.",
		"请保留此证明：日志可能向不同人出示不同历史，并询问见证方。" } },
	{ "log-witness-early", { "Look at this machine's clock first, then ask the witness about its own.",
				   "请先核对本机时钟，再询问见证方。" } },
	{ "log-witness-before", { "Ask the witness and whoever keeps the log about their clocks, then for a new proof.",
				    "请向见证方和日志维护方核对时钟，再索取新的证明。" } },
	{ "log-witness-dates", { "Use the current trust bundle; it may name a newer key of the witness.",
				   "请使用最新的信任包，其中可能列有见证方的新密钥。" } },
	{ "log-key-unknown", { "Fetch the current trust bundle: the log may have new keys.",
				 "请取得最新的信任包：日志可能已更换密钥。" } },
	{ "log-key-dates", { "Ask whoever keeps the log for a new proof (zhengyin log prove).",
			       "请向日志的运营者索取新的证明（zhengyin log prove）。" } },
	{ "no-signature", { "Ask for the file that was signed or sealed; a printout or a scan proves nothing.",
			      "请索取签署或盖章的原始文件；打印件或扫描件不能作为证明。" } },
	{ "licence-expired", { "Ask the holder for the renewed licence.", "请持证人出示换发后的证照。" } },
	{ "licence-promise-overdue",
	    { "Ask the issuer whether the promise was kept.", "请向颁发机构核实承诺是否属实。" } },
	{ "licence-lapsed",
	    { "Ask the holder for the later version, if there is one.", "请持证人出示补正后的新版证照（如有）。" } },
	{ "licence-not-yet-valid", { "Accept it from its first day on.", "请自证照生效之日起采用。" } },
	{ "credential-expired",
	    { "Ask the holder to renew it on the device, and to show it again.", "请持证人在设备上更新后重新出示。" } },
	{ "showing-expired", { "Ask the holder to show a fresh code.", "请持证人刷新后重新出示。" } },
	{ "showing-too-early",
	    { "Look at the clocks of both devices, then let it be shown again.", "请核对双方设备的时钟后重新出示。" } },
	{ "signed-in-future", { "Look at this machine's clock first; if it is right, do not accept the file.",
				  "请先核对本机时钟；时钟无误则不予采信。" } },
	{ "certificate-on-hold",
	    { "Ask the certificate authority, or check again in some days.", "请询问证书机构，或数日后重新验证。" } },
	{ "revocation-unknown", { "Get a current revocation list or answer, and check again with --crl or --ocsp.",
				    "请取得最新的吊销列表或状态应答，用 --crl 或 --ocsp 重新验证。" } },
	{ "revocation-not-checked", { "If it matters much, get a revocation list and check again with --crl.",
					"事关重大时，请取得吊销列表，用 --crl 重新验证。" } },
	{ "revocation-too-old", { "If it matters much, get a newer revocation list and check again with --crl.",
				    "事关重大时，请取得更新的吊销列表，用 --crl 重新验证。" } },
	{ "path-work", { "Check again with fewer helping certificates.", "请减少附带的候选证书后重新验证。" } },
	{ "licence-issuer-unknown",
	    { "If the office is of another city, check again with that city's trust bundle, too.",
		"如为外地机构颁发，请同时使用当地信任包重新验证。" } },
	{ "credential-key-unknown", { "Fetch the current trust bundle, or that of the issuing city, and check again.",
					"请下载最新的或颁发地的信任包后重新验证。" } },
	{ "credential-type-unknown", { "Fetch the current trust bundle, or that of the issuing city, and check again.",
					 "请下载最新的或颁发地的信任包后重新验证。" } },
	{ "licence-status-not-checked", { "Ask the issuing office's service whether it is still in force.",
					    "请向颁发机构的服务查询证照当前状态。" } },
	{ "status-not-shown", { "Where it matters, ask the issuing office's service whether it is still in force.",
				  "事关重大时，请向颁发机构的服务查询证照当前状态。" } },
	{ "replay-not-checked",
	    { "Look whether the person who shows it is the holder.", "请核对出示人是否为持证人本人。" } },
	{ "field-drawn-otherwise",
	    { "Rely on neither; ask who filled it in.", "显示内容与所填的值均不可轻信，请向填写人核实。" } },
	{ "pdf-script",
	    { "Read the document in a program that runs no scripts.", "请用不运行脚本的软件阅读该文件。" } },
	{ "pdf-xfa",
	    { "Read the document in a program that shows no XFA forms.", "请用不显示 XFA 表单的软件阅读该文件。" } },
	{ "pdf-loose-bytes",
	    { "Read the document in a program that repairs nothing.", "请用不自动修复文件的软件阅读该文件。" } },
	{ "certificate-form", { "Tell the authority; where the form matters, check again with --strict.",
				  "请告知证书机构；需要严格核对格式时，用 --strict 重新验证。" } },
	{ "not-protected", { "Rely only on what the signature protects, or ask the signer whether that file is theirs.",
			       "仅以签名保护的内容为准，或向签署人核实该文件。" } },
	{ "partly-covered", { "Ask each signer which of these files they signed.", "请向各签署人核实其签署的范围。" } },
	{ "document-unread", { "Ask the signer for the document again.", "请向签署人重新索取文件。" } },
	{ "ses-unknown", { "Check it with the program that it was made for.", "请用该签章的专用软件验证。" } },
	{ "document-incomplete", { "Ask the signer for the complete document.", "请向签署人索取完整的文件。" } },
	{ "xml-coverage", { "Check it with the program that it was made for.", "请用该类签名的专用软件验证。" } },
	{ "xml-signature-place",
	    { "Check it with the program that it was made for.", "请用该类签名的专用软件验证。" } },
	{ "xml-transform", { "Check it with the program that it was made for.", "请用该类签名的专用软件验证。" } },
	{ "xml-comment", { "Rely on no comment in the document.", "文档中的注释不可作为依据。" } },
	{ "stray-file", { "Rely only on what the document shows.", "仅以文档显示的内容为准。" } },
	{ "archive-not-covered", { "To keep it for long, have an archive time-stamp put over all of it.",
				     "如需长期保存，请对全部内容重新加盖归档时间戳。" } },
	{ "original-other-version",
	    { "Ask the issuing office which version is in force.", "请向颁发机构确认现行版本。" } },
	{ "original-unsigned", { "Make sure where the record came from.", "请确认该数据的来源。" } },
};

static const struct row by_sub_indication[] = {
	{ "FORMAT_FAILURE", { "Ask for the file as it was issued, not as it was sent on.",
				"请索取原始签发的文件，不要使用转发或另存的文件。" } },
	{ "HASH_FAILURE", { "Do not accept it. Ask the holder for the file as it was issued.",
			      "不予采信，请持有人提供原始签发的文件。" } },
	{ "SIG_CRYPTO_FAILURE", { "Do not accept it: it may be forged. Tell the office that it names.",
				    "不予采信，可能系伪造，请告知文件所列机构。" } },
	{ "NOT_COVERED",
	    { "Do not accept it: something was put in that nobody signed.", "不予采信，文件中有未经签署的内容。" } },
	{ "SEAL_FAILURE", { "Do not accept it. Ask the office whether it put this seal on the document.",
			      "不予采信，请向用章机构核实该印章。" } },
	{ "ISSUER_NOT_AUTHORISED", { "Do not accept it. Ask the office that issues such licences.",
				       "不予采信，请向有权颁发该证照的机构核实。" } },
	{ "NOT_THE_ORIGINAL",
	    { "Hold it against the original once more, and ask the issuing office which one is right.",
		"请再次与原件核对，并向颁发机构确认。" } },
	{ "REVOKED",
	    { "Do not accept it: the signer's certificate was withdrawn.", "不予采信，签署人证书已被吊销。" } },
	{ "EXPIRED", { "Ask for one that is in force.", "请提供在有效期内的文件。" } },
	{ "NOT_YET_VALID", { "Look at the dates; if they are right, it cannot be accepted now.",
			       "请核对日期；日期无误则现在不能采用。" } },
	{ "OUT_OF_BOUNDS_NO_POE", { "Ask the signer for one that has a time-stamp, or that is signed anew.",
				      "请签署人提供带时间戳的文件，或重新签署。" } },
	{ "REVOKED_NO_POE", { "Ask the signer for one that has a time-stamp from before, or that is signed anew.",
				"请签署人提供吊销前加盖时间戳的文件，或重新签署。" } },
	{ "TRY_LATER", { "Check again later, with newer information.", "请稍后获取最新信息后重新验证。" } },
	{ "NO_CERTIFICATE_CHAIN_FOUND",
	    { "Find out which authority vouches for the signer, and get its trust bundle or certificate by a way that you trust.",
		"请查明签署人证书由哪个机构担保，并通过可靠途径取得其信任包或证书。" } },
	{ "NO_SIGNING_CERTIFICATE_FOUND", { "Get the signer's certificate, and check again with --untrusted.",
					      "请取得签署人证书，用 --untrusted 重新验证。" } },
	{ "SIGNED_DATA_NOT_FOUND",
	    { "Name the file that was signed with --detached.", "请用 --detached 指明被签署的文件。" } },
	{ "NO_SIGNATURE", { "Ask for the file that was signed.", "请索取经签署的文件。" } },
	{ "CHAIN_CONSTRAINTS_FAILURE",
	    { "The certificate is not for this use: ask the signer to sign with the right one.",
		"证书不可用于此用途，请签署人改用正确的证书签署。" } },
	{ "CRYPTO_CONSTRAINTS_FAILURE",
	    { "Ask the signer to sign anew with a current algorithm.", "请签署人用现行算法重新签署。" } },
	{ "SIG_CONSTRAINTS_FAILURE",
	    { "Ask the signer for a signature of the usual kind.", "请签署人提供常规类型的签名。" } },
	{ "TIMESTAMP_ORDER_FAILURE",
	    { "Do not accept it: its times contradict each other.", "不予采信，文件中的时间相互矛盾。" } },
};

static const struct zy_advice nothing = { "Nothing needs to be done.", "无需处理。" };

static const struct zy_advice *look_up(const struct row *rows, size_t num, const char *key)
{
	for (size_t i = 0; key != NULL && i < num; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i].advice;
	return NULL;
}

const struct zy_advice *zy_finding_advice(const struct zy_finding_rule *rule)
{
	const struct zy_advice *a = look_up(by_code, sizeof(by_code) / sizeof(by_code[0]), rule->code);

	if (a == NULL)
		a = look_up(
		    by_sub_indication, sizeof(by_sub_indication) / sizeof(by_sub_indication[0]), rule->sub_indication);
	return a == NULL ? &nothing : a;
}
