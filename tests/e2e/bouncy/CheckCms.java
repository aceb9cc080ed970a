// Judges CMS and GB/T 35275 SignedData by Bouncy Castle:
//   FILE CONTENT|- ROOT.pem ISSUING.pem    CONTENT is what was signed, - when it is inside
// Exit status 0 when the digest, the attributes and the signature hold and the certificate is of the given authorities.
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public class CheckCms {
    static X509Certificate read(byte[] in) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
            .generateCertificate(new ByteArrayInputStream(in));
    }

    static void check(boolean holds, String what) {
        if (!holds)
            throw new IllegalStateException(what);
    }

    // GB/T 35275 names SM2 signatures by 1.2.156.10197.1.301.1, for which Bouncy Castle has no verifier of CMS: its
    // parts are verified one by one.
    static void byParts(SignerInformation s, byte[] content, X509Certificate cert) throws Exception {
        Attribute type = s.getSignedAttributes().get(CMSAttributes.contentType);
        Attribute digest = s.getSignedAttributes().get(CMSAttributes.messageDigest);
        byte[] want = MessageDigest.getInstance("SM3", "BC").digest(content);
        Signature v = Signature.getInstance("SM3withSM2", "BC");

        check(type.getAttrValues().getObjectAt(0).equals(new ASN1ObjectIdentifier("1.2.156.10197.6.1.4.2.1")), "type");
        check(Arrays.equals(want, ASN1OctetString.getInstance(digest.getAttrValues().getObjectAt(0)).getOctets()),
            "messageDigest");
        v.initVerify(cert.getPublicKey());
        v.update(s.getEncodedSignedAttributes());
        check(v.verify(s.getSignature()), "signature");
    }

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        byte[] file = Files.readAllBytes(Path.of(args[0]));
        ContentInfo info = ContentInfo.getInstance(new ASN1InputStream(file).readObject());
        boolean isGbt = info.getContentType().getId().equals("1.2.156.10197.6.1.4.2.2");
        byte[] content = args[1].equals("-")
            ? ASN1OctetString.getInstance(SignedData.getInstance(info.getContent()).getEncapContentInfo().getContent()).getOctets()
            : Files.readAllBytes(Path.of(args[1]));
        CMSSignedData d = args[1].equals("-") ? new CMSSignedData(info)
            : new CMSSignedData(new CMSProcessableByteArray(content), info);

        check(d.getSignerInfos().size() == 1, "one signer");
        SignerInformation s = d.getSignerInfos().getSigners().iterator().next();
        X509CertificateHolder holder = (X509CertificateHolder) d.getCertificates().getMatches(s.getSID()).iterator().next();
        X509Certificate cert = read(holder.getEncoded());
        if (isGbt)
            byParts(s, content, cert);
        else
            check(s.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(cert)), "signer");
        X509Certificate root = read(Files.readAllBytes(Path.of(args[2])));
        X509Certificate issuing = read(Files.readAllBytes(Path.of(args[3])));
        cert.verify(issuing.getPublicKey(), "BC");
        issuing.verify(root.getPublicKey(), "BC");
        System.out.println(cert.getSubjectX500Principal());
    }
}
