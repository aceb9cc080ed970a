import java.io.FileInputStream;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Bouncy Castle's path validation (RFC 5280 6.1) from LEAF up to ROOT, the root's own signature too.
 * usage: java -cp JARS CheckChain.java ROOT.pem ISSUING.pem... LEAF.pem
 */
class CheckChain {
	static X509Certificate certificate(CertificateFactory f, String file) throws Exception {
		try (FileInputStream in = new FileInputStream(file)) {
			return (X509Certificate) f.generateCertificate(in);
		}
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		CertificateFactory f = CertificateFactory.getInstance("X.509", "BC");
		X509Certificate root = certificate(f, args[0]), leaf = certificate(f, args[args.length - 1]);
		List<X509Certificate> upwards = new ArrayList<>();
		for (int i = args.length - 1; i > 0; i--)
			upwards.add(certificate(f, args[i]));
		root.verify(root.getPublicKey(), "BC");
		CertPath path = f.generateCertPath(upwards);
		PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
		p.setRevocationEnabled(false);
		PKIXCertPathValidatorResult r =
			(PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX", "BC").validate(path, p);
		System.out.println(leaf.getSubjectX500Principal() + " " + r.getPublicKey().getAlgorithm() + " " + leaf.getSigAlgName());
	}
}
