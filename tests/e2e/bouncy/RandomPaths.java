import java.io.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.ECGenParameterSpec;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Certificate paths made at random, in the spirit of NIST's PKITS: policies, their mappings and constraints, path
 * lengths, self-issued certificates, name constraints; and what the JDK's PKIX validator says of each.
 * RandomPaths FOLDER SEED COUNT writes N.leaf.pem, N.others.pem, N.root.pem, and a line of `answers` for each:
 * N good|bad POLICY|- what is in it.
 */
public class RandomPaths {
	static final String[] POLICIES = { "1.2.156.99.1", "1.2.156.99.2", "1.2.156.99.3", "2.5.29.32.0" };
	static final Date FROM = Date.from(java.time.Instant.parse("2026-01-01T00:00:00Z")),
			  AT = Date.from(java.time.Instant.parse("2026-03-01T00:00:00Z")),
			  UNTIL = Date.from(java.time.Instant.parse("2027-01-01T00:00:00Z"));
	static Random random;
	static KeyPair[] keys = new KeyPair[8];
	static long serial;

	static boolean chance(int percent) { return random.nextInt(100) < percent; }

	static class Made {
		X500Name name;
		KeyPair key;
		X509Certificate cert;
	}

	/** FROM and UNTIL are those of all: time is no part of this. */
	static X509Certificate sign(X500Name issuer, KeyPair by, X500Name subject, KeyPair key, List<Extension> extensions)
	    throws Exception {
		X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
		    issuer, BigInteger.valueOf(++serial), FROM, UNTIL, subject, key.getPublic());
		for (Extension e : extensions)
			b.addExtension(e);
		/* openssl takes who bears its issuer's name for self-signed, unless the key identifiers say otherwise */
		JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
		b.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key.getPublic()));
		b.addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(by.getPublic()));
		ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate());
		return new JcaX509CertificateConverter().getCertificate(b.build(signer));
	}

	static Extension extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) throws IOException {
		return new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER"));
	}

	/** Some of the policies, perhaps none; the first is likely, so that paths may hold. */
	static Extension policies() throws IOException {
		ASN1EncodableVector all = new ASN1EncodableVector();
		for (int i = 0; i < POLICIES.length; i++)
			if (chance(i == 0 ? 75 : 30))
				all.add(new PolicyInformation(new ASN1ObjectIdentifier(POLICIES[i])));
		return all.size() == 0 ? null : extension(Extension.certificatePolicies, chance(50), new DERSequence(all));
	}

	static Extension mappings() throws IOException {
		ASN1EncodableVector all = new ASN1EncodableVector();
		for (int n = 1 + random.nextInt(2); n > 0; n--) {
			ASN1EncodableVector one = new ASN1EncodableVector();
			one.add(new ASN1ObjectIdentifier(POLICIES[random.nextInt(3)]));
			one.add(new ASN1ObjectIdentifier(POLICIES[random.nextInt(3)]));
			all.add(new DERSequence(one));
		}
		return extension(Extension.policyMappings, chance(50), new DERSequence(all));
	}

	static Extension constraints() throws IOException {
		ASN1EncodableVector v = new ASN1EncodableVector();
		if (chance(60))
			v.add(new DERTaggedObject(false, 0, new ASN1Integer(random.nextInt(3))));
		if (v.size() == 0 || chance(50))
			v.add(new DERTaggedObject(false, 1, new ASN1Integer(random.nextInt(2))));
		return extension(Extension.policyConstraints, true, new DERSequence(v));
	}

	static GeneralName[] places(boolean leaf) {
		List<GeneralName> out = new ArrayList<>();
		String[] labels = { "", "a.", "b.", "x.a." };
		String label = labels[random.nextInt(labels.length)];
		if (leaf) {
			out.add(new GeneralName(GeneralName.dNSName, label + "yunze.example"));
			if (chance(40))
				out.add(new GeneralName(GeneralName.rfc822Name, "office@" + label + "yunze.example"));
			if (chance(30))
				out.add(new GeneralName(GeneralName.uniformResourceIdentifier, "https://" + label + "yunze.example/x"));
			if (chance(30))
				out.add(new GeneralName(GeneralName.iPAddress, "192.0.2." + random.nextInt(256)));
			return out.toArray(new GeneralName[0]);
		}
		switch (random.nextInt(5)) {
		case 0:
			return new GeneralName[] { new GeneralName(GeneralName.dNSName, label + "yunze.example") };
		case 1:
			return new GeneralName[] { new GeneralName(
			    GeneralName.rfc822Name, chance(50) ? label + "yunze.example" : "." + label + "yunze.example") };
		case 2:
			return new GeneralName[] { new GeneralName(
			    GeneralName.uniformResourceIdentifier, chance(50) ? label + "yunze.example" : "." + label + "yunze.example") };
		case 3:
			return new GeneralName[] { new GeneralName(
			    GeneralName.iPAddress, chance(50) ? "192.0.2.0/255.255.255.128" : "192.0.2.0/255.255.255.0") };
		default:
			return new GeneralName[] { new GeneralName(
			    new X500Name(chance(60) ? "C=CN,O=Yunze" : "C=CN,O=Yunze,OU=" + random.nextInt(2))) };
		}
	}

	static GeneralSubtree[] subtrees() {
		GeneralName[] names = places(false);
		GeneralSubtree[] out = new GeneralSubtree[names.length];
		for (int i = 0; i < names.length; i++)
			out[i] = new GeneralSubtree(names[i]);
		return out;
	}

	static Extension nameConstraints() throws IOException {
		boolean permits = chance(55);
		return extension(Extension.nameConstraints, true,
		    new NameConstraints(permits ? subtrees() : null, permits && chance(70) ? null : subtrees()));
	}

	static List<Extension> authority(int below) throws IOException {
		List<Extension> e = new ArrayList<>();
		boolean is = !chance(3);
		e.add(extension(Extension.basicConstraints, true,
		    !is ? new BasicConstraints(false) : chance(30) ? new BasicConstraints(Math.max(0, below - 1 + random.nextInt(3)))
							    : new BasicConstraints(true)));
		e.add(extension(Extension.keyUsage, true,
		    new KeyUsage(chance(3) ? KeyUsage.cRLSign : KeyUsage.keyCertSign | KeyUsage.cRLSign)));
		add(e, chance(85) ? policies() : null);
		add(e, chance(20) ? mappings() : null);
		add(e, chance(20) ? constraints() : null);
		add(e, chance(12) ? extension(Extension.inhibitAnyPolicy, true, new ASN1Integer(random.nextInt(2))) : null);
		add(e, chance(18) ? nameConstraints() : null);
		return e;
	}

	static void add(List<Extension> list, Extension e) {
		if (e != null)
			list.add(e);
	}

	static List<Extension> end() throws IOException {
		List<Extension> e = new ArrayList<>();
		e.add(extension(Extension.basicConstraints, true, new BasicConstraints(false)));
		e.add(extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)));
		add(e, chance(85) ? policies() : null);
		if (chance(60))
			e.add(extension(Extension.subjectAlternativeName, false, new GeneralNames(places(true))));
		return e;
	}

	static void put(StringBuilder out, X509Certificate c) throws Exception {
		out.append("-----BEGIN CERTIFICATE-----\n");
		out.append(Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(c.getEncoded()));
		out.append("\n-----END CERTIFICATE-----\n");
	}

	static String judge(List<X509Certificate> path, X509Certificate root, String policy) throws Exception {
		PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
		p.setRevocationEnabled(false);
		p.setDate(AT);
		if (policy != null) {
			p.setInitialPolicies(Set.of(policy));
			p.setExplicitPolicyRequired(true);
		}
		try {
			CertPathValidator.getInstance("PKIX").validate(
			    CertificateFactory.getInstance("X.509").generateCertPath(path), p);
			return null;
		} catch (CertPathValidatorException e) {
			return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
		}
	}

	static void make(Path folder, int n, StringBuilder answers) throws Exception {
		Made at = new Made();
		at.name = new X500Name("C=CN,O=Yunze,SERIALNUMBER=root " + n);
		at.key = keys[0];
		at.cert = sign(at.name, at.key, at.name, at.key,
		    List.of(extension(Extension.basicConstraints, true, new BasicConstraints(true)),
			extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))));
		X509Certificate root = at.cert;
		LinkedList<X509Certificate> path = new LinkedList<>();
		StringBuilder what = new StringBuilder(), pem = new StringBuilder();
		for (int depth = 1 + random.nextInt(3), i = 0; i <= depth; i++) {
			Made next = new Made();
			boolean self = i > 0 && i < depth && chance(20);
			next.name = self ? at.name : new X500Name("C=CN,O=Yunze,OU=" + random.nextInt(2) + ",SERIALNUMBER=" + n + "-" + i);
			next.key = keys[i + 1];
			next.cert = sign(at.name, at.key, next.name, next.key, i == depth ? end() : authority(depth - 1 - i));
			path.addFirst(next.cert);
			what.append(self ? " self" : i == depth ? " leaf" : " ca");
			at = next;
		}
		String policy = chance(60) ? POLICIES[random.nextInt(2)] : null, why = judge(path, root, policy);
		answers.append(n + (why == null ? " good " : " bad ") + (policy == null ? "-" : policy) + what +
		    (why == null ? "" : " | " + why) + "\n");
		for (int i = 0; i < path.size(); i++) {
			pem.setLength(i == 1 ? 0 : pem.length());
			put(pem, path.get(i));
			Files.writeString(folder.resolve(n + (i == 0 ? ".leaf.pem" : ".others.pem")), pem);
		}
		pem.setLength(0);
		put(pem, root);
		Files.writeString(folder.resolve(n + ".root.pem"), pem);
	}

	public static void main(String[] args) throws Exception {
		random = new Random(Long.parseLong(args[1]));
		KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
		g.initialize(new ECGenParameterSpec("secp256r1"));
		for (int i = 0; i < keys.length; i++)
			keys[i] = g.generateKeyPair();
		StringBuilder answers = new StringBuilder();
		for (int n = 0; n < Integer.parseInt(args[2]); n++)
			make(Path.of(args[0]), n, answers);
		Files.writeString(Path.of(args[0], "answers"), answers);
	}
}
