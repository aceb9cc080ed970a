import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Requests of a device, made by Bouncy Castle, with the key usage that its profile gives.
 * usage: java -cp JARS MakeRequests.java FOLDER ORGANISATION: writes bc-gm.csr and bc-intl.csr, DER
 */
class MakeRequests {
	static void make(Path file, String organisation, String curve, String algorithm) throws Exception {
		KeyPairGenerator g = KeyPairGenerator.getInstance("EC", "BC");
		g.initialize(new ECGenParameterSpec(curve));
		KeyPair pair = g.generateKeyPair();
		X500NameBuilder name = new X500NameBuilder();
		name.addRDN(BCStyle.C, "CN").addRDN(BCStyle.O, organisation).addRDN(BCStyle.CN, "设备九号");
		ExtensionsGenerator extensions = new ExtensionsGenerator();
		extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
		byte[] der = new JcaPKCS10CertificationRequestBuilder(name.build(), pair.getPublic())
			.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
			.build(new JcaContentSignerBuilder(algorithm).setProvider("BC").build(pair.getPrivate())).getEncoded();
		Files.write(file, der);
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		make(Path.of(args[0], "bc-gm.csr"), args[1], "sm2p256v1", "SM3withSM2");
		make(Path.of(args[0], "bc-intl.csr"), args[1], "prime256v1", "SHA256withECDSA");
	}
}
