// Judges a TimeStampToken with Bouncy Castle: imprint of the content, signature and ESSCertIDv2, extended key usage,
// and the chain up to the given root. Exit status 0 when all of it holds.
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;

public class CheckTimestamp {
    static X509Certificate pem(String path) throws Exception {
        try (FileInputStream in = new FileInputStream(path)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(in);
        }
    }

    // arguments: token, content, issuing CA, root CA
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        TimeStampToken token =
                new TimeStampToken(ContentInfo.getInstance(Files.readAllBytes(Path.of(args[0]))));
        String oid = token.getTimeStampInfo().getMessageImprintAlgOID().getId();
        byte[] digest = MessageDigest.getInstance(oid, "BC").digest(Files.readAllBytes(Path.of(args[1])));
        if (!MessageDigest.isEqual(digest, token.getTimeStampInfo().getMessageImprintDigest()))
            throw new SecurityException("the imprint is of another content");
        Collection<?> found = token.getCertificates().getMatches(token.getSID());
        X509CertificateHolder holder = (X509CertificateHolder) found.iterator().next();
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(holder));
        X509Certificate issuing = pem(args[2]), root = pem(args[3]);
        new JcaX509CertificateConverter().setProvider("BC").getCertificate(holder)
                .verify(issuing.getPublicKey(), "BC");
        issuing.verify(root.getPublicKey(), "BC");
        System.out.println(token.getTimeStampInfo().getGenTime().toInstant() + " " + oid + " "
                + token.toCMSSignedData().getSignerInfos().iterator().next().getEncryptionAlgOID());
    }
}
