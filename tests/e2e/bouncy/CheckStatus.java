import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/**
 * Bouncy Castle's opinion of a CRL and an OCSP answer, which OpenSSL 3.0 cannot give for SM2: both must be by CA, say
 * that GOOD stands and BAD is revoked, and stop being believed when a byte of what is signed changes.
 * usage: java -cp JARS CheckStatus.java CA.pem GOOD.pem BAD.pem CRL ANSWER, or in its place one ANSWER about each of both
 */
class CheckStatus {
	static void must(boolean yes, String what) {
		if (!yes) throw new IllegalStateException(what);
	}

	static X509Certificate certificate(String file) throws Exception {
		byte[] text = Files.readAllBytes(Path.of(file));
		return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(text));
	}

	static X509CRL list(byte[] der) throws Exception {
		return (X509CRL) CertificateFactory.getInstance("X.509", "BC").generateCRL(new ByteArrayInputStream(der));
	}

	static boolean believed(X509CRL list, X509Certificate ca) {
		try {
			list.verify(ca.getPublicKey(), "BC");
			return true;
		} catch (Exception e) {
			return false;
		}
	}

	/** Is it signed by the responder in it, whose certificate is by the CA and for this use? */
	static boolean believed(BasicOCSPResp answer, X509Certificate ca) throws Exception {
		JcaContentVerifierProviderBuilder by = new JcaContentVerifierProviderBuilder().setProvider("BC");
		X509CertificateHolder responder = answer.getCerts()[0];
		ContentVerifierProvider key = by.build(responder);
		return responder.isSignatureValid(by.build(ca)) && answer.isSignatureValid(key)
			&& responder.getExtension(org.bouncycastle.asn1.x509.Extension.extendedKeyUsage) != null;
	}

	static SingleResp about(BasicOCSPResp answer, BigInteger serial) {
		for (SingleResp one : answer.getResponses()) if (one.getCertID().getSerialNumber().equals(serial)) return one;
		throw new IllegalStateException("no answer about " + serial.toString(16));
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		X509Certificate ca = certificate(args[0]), good = certificate(args[1]), bad = certificate(args[2]);
		byte[] crl = Files.readAllBytes(Path.of(args[3])), aboutGood = Files.readAllBytes(Path.of(args[4])),
			aboutBad = Files.readAllBytes(Path.of(args[args.length - 1]));

		X509CRL list = list(crl);
		must(believed(list, ca), "the list is not believed");
		must(!list.isRevoked(good) && list.isRevoked(bad), "the list says something else");
		byte[] serial = bad.getSerialNumber().toByteArray();
		byte[] changed = crl.clone();
		for (int i = 0; i + serial.length <= changed.length; i++)
			if (java.util.Arrays.equals(changed, i, i + serial.length, serial, 0, serial.length)) changed[i + serial.length - 1] ^= 1;
		must(!list(changed).isRevoked(bad) && !believed(list(changed), ca), "a changed list is believed");

		BasicOCSPResp answer = (BasicOCSPResp) new OCSPResp(aboutGood).getResponseObject();
		must(believed(answer, ca), "the answer is not believed");
		must(about(answer, good.getSerialNumber()).getCertStatus() == null, "good is not good");
		answer = (BasicOCSPResp) new OCSPResp(aboutBad).getResponseObject();
		must(believed(answer, ca), "the answer about the other is not believed");
		must(about(answer, bad.getSerialNumber()).getCertStatus() instanceof RevokedStatus, "bad is not revoked");
		changed = aboutBad.clone();
		for (int i = 0; i + serial.length <= changed.length; i++)
			if (java.util.Arrays.equals(changed, i, i + serial.length, serial, 0, serial.length)) changed[i + serial.length - 1] ^= 1;
		answer = (BasicOCSPResp) new OCSPResp(changed).getResponseObject();
		must(!believed(answer, ca), "a changed answer is believed");
		System.out.println("Bouncy Castle agrees: " + list.getSigAlgName() + ", number of entries " + list.getRevokedCertificates().size());
	}
}
