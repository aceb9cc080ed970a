/*
 * Every finding there is. A code is a contract: it is never renamed. FAIL and UNKNOWN name the sub-indication of
 * ETSI EN 319 102-1 5.1.3 where it has one; NO_SIGNATURE, NOT_COVERED, SEAL_FAILURE and ISSUER_NOT_AUTHORISED are
 * ours, because SES seals, packages of several files and licences have no name there.
 */
#include "zy/report.h"

#define FAIL ZY_SEVERITY_FAIL
#define UNKNOWN ZY_SEVERITY_UNKNOWN
#define WARN ZY_SEVERITY_WARN
#define INFO ZY_SEVERITY_INFO
#define WHO (ZY_LEGAL_SIGNER | ZY_LEGAL_CONTROL)
#define ALTERED (ZY_LEGAL_CONTENT)
#define SIGNATURE (ZY_LEGAL_SIGNATURE)
#define ALL (WHO | ALTERED | SIGNATURE | ZY_LEGAL_SEAL | ZY_LEGAL_LICENCE)
#define SEAL ZY_LEGAL_SEAL
#define LICENCE ZY_LEGAL_LICENCE

static const struct zy_finding_rule rules[] = {
	/* trust */
	{ "trust-absent", UNKNOWN, "NO_CERTIFICATE_CHAIN_FOUND", "EN 319 102-1 5.2.6", WHO | SEAL | LICENCE,
	    "No trust bundle was given, so nobody vouches for the signer", "未提供信任包，无法确认签署人身份" },
	{ "trust-not-pinned", WARN, NULL, "ARCHITECTURE 8", 0,
	    "The trust bundle was not compared with a pin received by another channel",
	    "信任包未与另行取得的指纹核对" },
	{ "trust-too-old", UNKNOWN, "TRY_LATER", "EN 319 102-1 5.2.6", WHO | SEAL | LICENCE,
	    "The trust bundle is too old to tell for the time judged", "信任包过旧，无法判断该时刻的状态" },
	/* the file as a whole */
	{ "no-signature", UNKNOWN, "NO_SIGNATURE", "EN 319 102-1 5.1.3", ALL, "The file carries no signature",
	    "文件没有任何签名或签章" },
	{ "licence-unsigned", FAIL, "FORMAT_FAILURE", "GB/T 36905", ALL,
	    "The file says that it is a licence but carries no seal or signature", "文件自称电子证照，却没有签章" },
	{ "signature-unreadable", FAIL, "FORMAT_FAILURE", "GB/T 33190 18", SIGNATURE | ALTERED,
	    "A signature description is missing or cannot be read", "签名描述文件缺失或无法读取" },
	{ "signature-unsupported", UNKNOWN, "SIG_CONSTRAINTS_FAILURE", "GB/T 33190 18", WHO | SIGNATURE | ALTERED,
	    "A signature is of a kind that is not judged here", "签名类型不在本工具支持范围内" },
	{ "signature-algorithm", UNKNOWN, "CRYPTO_CONSTRAINTS_FAILURE", "EN 319 102-1 5.2.8", SIGNATURE | ALTERED,
	    "A signature or digest algorithm is not among those accepted", "签名或杂凑算法不被接受" },
	{ "signature-value", FAIL, "SIG_CRYPTO_FAILURE", "EN 319 102-1 5.2.7", WHO | SIGNATURE,
	    "The signature value does not verify with the signer's key", "签名值与签署人公钥不符" },
	{ "signature-encoding", WARN, NULL, "GB/T 35276", 0,
	    "A signature value is written as bare r and s instead of a DER sequence", "签名值未按 DER 序列编码" },
	{ "too-many-findings", FAIL, "FORMAT_FAILURE", "ARCHITECTURE 8", ALL,
	    "There are more findings than a report can hold", "问题过多，报告无法全部列出" },
	{ "document-fault", FAIL, "FORMAT_FAILURE", "GB/T 33190 7", ALTERED,
	    "A file that the document refers to is missing or cannot be read", "文档引用的文件缺失或无法读取" },
	/* OFD */
	{ "reference-missing", FAIL, "HASH_FAILURE", "GB/T 33190 18.2.2", ALTERED, "A protected file is missing",
	    "受保护的文件缺失" },
	{ "reference-digest", FAIL, "HASH_FAILURE", "GB/T 33190 18.2.2", ALTERED,
	    "A protected file was changed after signing", "受保护的文件在签署后被改动" },
	{ "reference-none", FAIL, "NOT_COVERED", "GB/T 33190 18.2.2", ALTERED, "A signature protects no file at all",
	    "签名没有保护任何文件" },
	{ "check-method", UNKNOWN, "CRYPTO_CONSTRAINTS_FAILURE", "GM/T 0099 7.2", ALTERED,
	    "Files are protected by another digest than SM3", "文件保护未使用 SM3 杂凑算法" },
	{ "not-covered", FAIL, "NOT_COVERED", "GM/T 0099 7", ALTERED,
	    "A file that belongs to the document is protected by no signature", "文档中的文件未被任何签名保护" },
	{ "stray-file", WARN, NULL, "GM/T 0099 D", 0, "The package holds a file that nothing refers to",
	    "文件包中夹带了未被引用的文件" },
	{ "licence-stray-file", FAIL, "NOT_COVERED", "GM/T 0099 D", ALTERED,
	    "The licence's package holds a file that nothing refers to", "电子证照文件包中夹带了未被引用的文件" },
	{ "seal-file-missing", WARN, NULL, "GB/T 33190 18.2", 0, "The seal file named by the signature is missing",
	    "签名所指的印章文件缺失" },
	{ "seal-file-differs", FAIL, "HASH_FAILURE", "GB/T 33190 18.2", ALTERED | SEAL,
	    "The seal file is not the seal inside the signed value", "印章文件与签章数据中的印章不一致" },
	/* SES */
	{ "ses-unreadable", FAIL, "FORMAT_FAILURE", "GB/T 38540 7.1", SIGNATURE | SEAL,
	    "The seal signature cannot be read", "电子签章数据无法解析" },
	{ "ses-extension-critical", UNKNOWN, "SIG_CONSTRAINTS_FAILURE", "GB/T 38540 6.1", SIGNATURE | SEAL,
	    "The seal or its signature has a critical extension that is not known here",
	    "印章或签章含有未知的关键扩展" },
	{ "ses-data-hash", FAIL, "HASH_FAILURE", "GB/T 38540 7.3", ALTERED,
	    "The signed digest is not that of the signature description", "原文杂凑值与签章中的杂凑值不符" },
	{ "ses-property-info", FAIL, "SEAL_FAILURE", "GB/T 38540 7.1", SIGNATURE | SEAL,
	    "The seal signature was made for another place than the one where it stands",
	    "签章的原文属性信息与所在位置不符" },
	{ "signer-not-in-seal", FAIL, "SEAL_FAILURE", "GB/T 38540 7.3", WHO | SEAL,
	    "The signer's certificate is not among those of the seal", "签章者证书不在印章的签章者列表中" },
	{ "seal-signature", FAIL, "SIG_CRYPTO_FAILURE", "GB/T 38540 6.3", SEAL,
	    "The seal was not signed by its maker, or was changed", "印章的制章者签名无效，印章被改动或伪造" },
	{ "seal-dates", FAIL, "SEAL_FAILURE", "GB/T 38540 6.3", SEAL, "The seal's end lies before its start",
	    "印章有效期起止颠倒" },
	{ "seal-create-date", WARN, NULL, "GB/T 38540 6.1", 0, "The seal says that it was made outside its validity",
	    "印章制作日期不在其有效期内" },
	{ "seal-not-yet-valid", FAIL, "NOT_YET_VALID", "GB/T 38540 7.3", SEAL,
	    "The document was sealed before the seal became valid", "签章时间早于印章有效期" },
	{ "seal-expired", FAIL, "EXPIRED", "GB/T 38540 7.3", SEAL, "The document was sealed after the seal had expired",
	    "签章时间晚于印章有效期" },
	{ "seal-expired-since", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "GB/T 38540 6.3", SEAL,
	    "The seal has expired since, and the time of sealing is only claimed", "印章现已过期，而签章时间仅为自称" },
	{ "maker-dates", FAIL, "SEAL_FAILURE", "GB/T 38540 6.3", SEAL,
	    "The seal was made outside the validity of its maker's certificate", "制章时间不在制章者证书有效期内" },
	/* time and certificates */
	{ "signed-in-future", FAIL, "NOT_YET_VALID", "EN 319 102-1 5.5.4", ZY_LEGAL_CONTROL,
	    "The signature claims a time after the time judged", "签署时间晚于验证时间" },
	{ "signed-before-certificate", FAIL, "NOT_YET_VALID", "EN 319 102-1 5.5.4", ZY_LEGAL_CONTROL,
	    "The signature claims a time before the signer's certificate began", "签署时间早于签署人证书生效" },
	{ "signed-after-certificate", FAIL, "EXPIRED", "EN 319 102-1 5.5.4", ZY_LEGAL_CONTROL,
	    "The signature claims a time after the signer's certificate ended", "签署时间晚于签署人证书失效" },
	{ "no-signing-time", WARN, NULL, "EN 319 142-1 6.3", 0, "The signature names no time of signing",
	    "签名没有注明签署时间" },
	{ "no-chain", UNKNOWN, "NO_CERTIFICATE_CHAIN_FOUND", "RFC 5280 6.1", WHO | SEAL,
	    "The certificate does not lead to a trusted authority for this purpose",
	    "证书无法追溯到该用途的受信任机构" },
	{ "certificate-unreadable", FAIL, "FORMAT_FAILURE", "RFC 5280 4.1", WHO, "A certificate cannot be read",
	    "证书无法解析" },
	{ "certificate-signature", FAIL, "SIG_CRYPTO_FAILURE", "RFC 5280 6.1.3", WHO | SEAL,
	    "A certificate was not signed by the authority that it names", "证书签名与所称的颁发机构不符" },
	{ "certificate-expired", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "EN 319 102-1 5.2.6", ZY_LEGAL_CONTROL | SEAL,
	    "A certificate has expired at the time judged, and the time of signing is only claimed",
	    "证书在验证时已过期，而签署时间仅为自称" },
	{ "certificate-not-yet-valid", UNKNOWN, "OUT_OF_BOUNDS_NO_POE", "EN 319 102-1 5.2.6", ZY_LEGAL_CONTROL | SEAL,
	    "A certificate is not yet valid at the time judged", "证书在验证时尚未生效" },
	{ "certificate-key-usage", UNKNOWN, "CHAIN_CONSTRAINTS_FAILURE", "RFC 5280 4.2.1.3", WHO | SEAL,
	    "The certificate is not meant for signing documents or seals", "证书用途不允许用于此类签名" },
	{ "certificate-authority", UNKNOWN, "CHAIN_CONSTRAINTS_FAILURE", "RFC 5280 4.2.1.9", WHO | SEAL,
	    "A certificate in the chain may not issue certificates, or not so deep", "链上的证书无权签发下级证书" },
	{ "certificate-profile", UNKNOWN, "CHAIN_CONSTRAINTS_FAILURE", "RFC 5280 4.2", WHO | SEAL,
	    "A certificate in the chain departs from the profile", "链上的证书不符合证书格式规范" },
	{ "certificate-algorithm", UNKNOWN, "CRYPTO_CONSTRAINTS_FAILURE", "EN 319 102-1 5.2.8", WHO | SEAL,
	    "A key or an algorithm in the chain is too weak", "证书链上的密钥或算法强度不足" },
	{ "embedded-certificate-unverified", FAIL, "FORMAT_FAILURE", "RFC 5652 5.1", WHO,
	    "A certificate that came with the document does not verify", "随文件附带的证书未能通过验证" },
	{ "revocation-not-checked", INFO, NULL, "EN 319 102-1 5.2.5", 0,
	    "Revocation of the certificates was not asked: the file carries no proof of it",
	    "未查询证书吊销状态：文件不含吊销证据" },
	/* PDF and CMS */
	{ "changed-after-signing", FAIL, "HASH_FAILURE", "ISO 32000-1 12.8.1", ALTERED,
	    "The document was changed or extended after signing", "文件在签署后被改动或追加内容" },
	{ "pdf-stray-signature", FAIL, "FORMAT_FAILURE", "ISO 32000-1 12.7.4.5", SIGNATURE,
	    "The file holds a signature that no form field leads to", "文件含有不属于任何签名域的签名" },
	{ "document-digest", FAIL, "HASH_FAILURE", "RFC 5652 5.4", ALTERED,
	    "The signed digest is not that of the document", "文件摘要与签名中的摘要不符" },
	{ "cms-unreadable", FAIL, "FORMAT_FAILURE", "RFC 5652 5", SIGNATURE, "The signature container cannot be read",
	    "签名数据无法解析" },
	{ "no-signing-certificate", UNKNOWN, "NO_SIGNING_CERTIFICATE_FOUND", "EN 319 102-1 5.2.3", WHO,
	    "The signer's certificate is not in the signature", "签名中没有签署人证书" },
	{ "signing-certificate-attribute", FAIL, "FORMAT_FAILURE", "RFC 5035 5", WHO,
	    "The signature does not bind its certificate, or binds another", "签名未绑定签署人证书或绑定了其他证书" },
	{ "pdf-script", WARN, NULL, "ISO 19005-3 6.6", 0,
	    "The document carries scripts or actions that run by themselves", "文件含有脚本或自动动作" },
	{ "pdf-xfa", WARN, NULL, "ISO 19005-3 6.4", 0,
	    "The document carries an XFA form, which may show something else", "文件含有 XFA 表单，显示内容可能不同" },
	/* licences */
	{ "licence-record-missing", UNKNOWN, "SIG_CONSTRAINTS_FAILURE", "GB/T 36905", LICENCE,
	    "The file says that it is a licence but has no machine-readable record",
	    "文件自称电子证照，却没有数据标引文件" },
	{ "licence-record-unreadable", FAIL, "FORMAT_FAILURE", "GB/T 36903", LICENCE,
	    "The licence's machine-readable record cannot be read", "电子证照数据标引文件无法解析" },
	{ "licence-metadata-differs", FAIL, "FORMAT_FAILURE", "GB/T 36903", LICENCE,
	    "The licence's metadata is not that of its record", "电子证照元数据与数据标引文件不一致" },
	{ "licence-identifier-check", FAIL, "FORMAT_FAILURE", "GB/T 36904", LICENCE,
	    "The licence identifier's check character is wrong", "电子证照标识校验位错误" },
	{ "licence-identifier-differs", FAIL, "FORMAT_FAILURE", "GB/T 36904", LICENCE,
	    "The licence identifier names another type or issuer than the record",
	    "电子证照标识与证照类型或颁发机构不一致" },
	{ "licence-issuer-unknown", UNKNOWN, "SIG_CONSTRAINTS_FAILURE", "国令716 第十条", LICENCE,
	    "The issuer is not in the trust bundle", "颁发机构不在信任包中" },
	{ "licence-type-not-allowed", FAIL, "ISSUER_NOT_AUTHORISED", "国令716 第十条", LICENCE,
	    "The issuer may not issue licences of this type", "颁发机构无权颁发该类证照" },
	{ "licence-signer-not-issuer", FAIL, "ISSUER_NOT_AUTHORISED", "GB/T 36905", WHO | LICENCE,
	    "The licence was not signed by its issuer", "证照签署人不是证照颁发机构" },
	{ "licence-signer-unnamed", UNKNOWN, "SIG_CONSTRAINTS_FAILURE", "GB/T 20518 5.2.4.2", WHO | LICENCE,
	    "The signer's certificate carries no credit code to compare with the licence's issuer",
	    "签署人证书不含统一社会信用代码，无法与颁发机构核对" },
	{ "licence-seal-not-issuers", FAIL, "ISSUER_NOT_AUTHORISED", "GB/T 36905", SEAL | LICENCE,
	    "The seal is not one of the issuer's seals", "所用印章不是颁发机构的印章" },
	{ "licence-expired", FAIL, "EXPIRED", "GB/T 36903 ZZYXQJZRQ", LICENCE, "The licence has expired",
	    "电子证照已过有效期" },
	{ "licence-not-yet-valid", FAIL, "NOT_YET_VALID", "GB/T 36903 ZZYXQQSRQ", LICENCE,
	    "The licence is not yet valid", "电子证照尚未生效" },
	{ "licence-status-not-checked", INFO, NULL, "GB/T 36906", 0,
	    "Whether the licence was suspended or revoked cannot be seen in the file",
	    "文件本身不能显示证照是否被暂停或撤销" },
};

const struct zy_finding_rule *zy_finding_rules(size_t *num)
{
	*num = sizeof(rules) / sizeof(rules[0]);
	return rules;
}

const struct zy_finding_rule *zy_finding_rule(const char *code)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].code, code) == 0)
			return &rules[i];
	return NULL;
}
