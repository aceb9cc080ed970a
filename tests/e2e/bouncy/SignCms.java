// Signs data by Bouncy Castle with keys that the openssl program of Debian 12 makes no signed data with:
//   ALGORITHM KEY.pem CERT.pem CONTENT OUT    such as Ed25519; KEY.pem is PKCS#8, the content goes inside
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

public class SignCms {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        String pem = Files.readString(Path.of(args[1])).replaceAll("-----[^-]*-----", "").replaceAll("\\s", "");
        PrivateKey key = KeyFactory.getInstance(args[0], "BC")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        X509Certificate cert = (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(args[2]))));
        CMSSignedDataGenerator g = new CMSSignedDataGenerator();
        g.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .build(new JcaContentSignerBuilder(args[0]).setProvider("BC").build(key), cert));
        g.addCertificates(new JcaCertStore(List.of(cert)));
        Files.write(Path.of(args[4]),
            g.generate(new CMSProcessableByteArray(Files.readAllBytes(Path.of(args[3]))), true).getEncoded("DER"));
    }
}
